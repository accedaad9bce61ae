<#import "template.ftl" as layout>
<@layout.registrationLayout; section>
  <#if section = "header">${msg("pageExpiredTitle")}
  <#elseif section = "form">
    <p class="lead">${msg("pageExpiredLead")}</p>
    <a class="primary" id="loginRestartLink" href="${url.loginRestartFlowUrl}">${msg("pageExpiredRestart")}</a>
    <a class="secondary" id="loginContinueLink" href="${url.loginAction}">${msg("pageExpiredContinue")}</a>
  </#if>
</@layout.registrationLayout>
