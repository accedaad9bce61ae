<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header">${msg("errorTitle")}
  <#elseif section = "form">
    <div class="note note-error" role="alert" id="kc-error-message">${kcSanitize(message.summary)?no_esc}</div>
    <#if traceId??><p class="hint" id="traceId">${msg("traceIdSupportMessage", traceId)}</p></#if>
    <#if !skipLink?? && client?? && client.baseUrl?has_content>
      <a class="primary" id="backToApplication" href="${client.baseUrl}">${msg("backToApplication")}</a>
    </#if>
  </#if>
</@layout.registrationLayout>
