<#import "template.ftl" as layout>
<@layout.registrationLayout; section>
  <#if section = "header">${msg("logoutConfirmTitle")}
  <#elseif section = "form">
    <p class="lead">${msg("logoutConfirmHeader")}</p>
    <form action="${url.logoutConfirmAction}" method="post">
      <input type="hidden" name="session_code" value="${logoutConfirm.code}">
      <@layout.submit name="confirmLogout" label=msg("doLogout") id="kc-logout" />
    </form>
    <#if !logoutConfirm.skipLink && (client.baseUrl)?has_content><a class="secondary" href="${client.baseUrl}">${msg("logoutConfirmStay")}</a></#if>
  </#if>
</@layout.registrationLayout>
