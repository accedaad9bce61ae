<#import "template.ftl" as layout>
<@layout.registrationLayout displayMessage=false; section>
  <#if section = "header"><#if messageHeader??>${kcSanitize(msg("${messageHeader}"))?no_esc}<#else>${msg("infoTitle")}</#if>
  <#elseif section = "form">
    <p class="lead" id="kc-info-message">${kcSanitize(message.summary)?no_esc}<#if requiredActions??><#list requiredActions>: <#items as each>${msg("requiredAction.${each}")}<#sep>, </#sep></#items></#list></#if></p>
    <#if !skipLink??>
      <#if pageRedirectUri?has_content><a class="primary" href="${pageRedirectUri}">${msg("backToApplication")}</a>
      <#elseif actionUri?has_content><a class="primary" href="${actionUri}">${msg("proceedWithAction")}</a>
      <#elseif (client.baseUrl)?has_content><a class="primary" href="${client.baseUrl}">${msg("backToApplication")}</a></#if>
    </#if>
  </#if>
</@layout.registrationLayout>
