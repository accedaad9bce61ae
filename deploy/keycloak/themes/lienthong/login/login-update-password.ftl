<#import "template.ftl" as layout>
<#assign wrong = messagesPerField.existsError("password")>
<#assign different = messagesPerField.existsError("password-confirm")>
<@layout.registrationLayout displayMessage=!(wrong || different); section>
  <#if section = "header">${msg("updatePasswordTitle")}
  <#elseif section = "form">
    <p class="lead">${msg("updatePasswordLead")}</p>
    <form action="${url.loginAction}" method="post" id="kc-passwd-update-form">
      <#-- For password managers: they must know whose password this is. -->
      <input type="text" name="username" value="${(auth.attemptedUsername)!}" autocomplete="username" readonly hidden>
      <@layout.password id="password-new" name="password-new" label=msg("passwordNew") autocomplete="new-password" autofocus=true
        invalid=wrong error=wrong?then(messagesPerField.get("password"), "") />
      <@layout.password id="password-confirm" name="password-confirm" label=msg("passwordConfirm") autocomplete="new-password"
        invalid=different error=different?then(messagesPerField.get("password-confirm"), "") />
      <@layout.logoutOtherSessions />
      <@layout.submit name="login" label=msg("updatePasswordSubmit") />
      <#if isAppInitiatedAction??><button type="submit" class="secondary" name="cancel-aia" value="true" formnovalidate>${msg("doCancel")}</button></#if>
    </form>
  </#if>
</@layout.registrationLayout>
