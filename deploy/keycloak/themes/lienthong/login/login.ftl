<#import "template.ftl" as layout>
<#assign wrong = messagesPerField.existsError("username", "password")>
<@layout.registrationLayout displayMessage=!wrong; section>
  <#if section = "header">${msg("loginAccountTitle")}
  <#elseif section = "form">
    <#if !usernameHidden??><p class="lead">${msg("signInLead")}</p></#if>
    <#if wrong>
      <div class="note note-error" role="alert" id="sign-in-error">${kcSanitize(messagesPerField.getFirstError("username", "password"))?no_esc}</div>
    </#if>
    <form action="${url.loginAction}" method="post" id="kc-form-login">
      <#if !usernameHidden??>
        <div class="field">
          <label for="username">${msg("usernameOrEmail")}</label>
          <input type="text" id="username" name="username" value="${(login.username!'')}" autocomplete="username" autocapitalize="none" spellcheck="false" required
            <#if !(login.username)?has_content>autofocus</#if> <#if wrong>aria-invalid="true" aria-describedby="sign-in-error"</#if>>
        </div>
      </#if>
      <@layout.password id="password" name="password" label=msg("password") autocomplete="current-password" invalid=wrong autofocus=(usernameHidden?? || (login.username)?has_content) />
      <p class="hint">
        <#if realm.resetPasswordAllowed><a href="${url.loginResetCredentialsUrl}">${msg("doForgotPassword")}</a><#else>${msg("forgotPasswordHint")}</#if>
      </p>
      <input type="hidden" name="credentialId" value="${(auth.selectedCredential)!}">
      <@layout.submit name="login" label=msg("doLogIn") id="kc-login" />
    </form>
    <#if layout.platform?has_content>
      <p class="elsewhere">${msg("citizenLead")} <a href="${layout.platform}public/">${msg("citizenLink")}</a></p>
    </#if>
  </#if>
</@layout.registrationLayout>
