<#import "template.ftl" as layout>
<#assign wrong = messagesPerField.existsError("totp")>
<@layout.registrationLayout displayMessage=!wrong; section>
  <#if section = "header">${msg("otpTitle")}
  <#elseif section = "form">
    <form action="${url.loginAction}" method="post" id="kc-otp-login-form">
      <#if otpLogin.userOtpCredentials?size gt 1>
        <fieldset>
          <legend>${msg("otpChooseDevice")}</legend>
          <#list otpLogin.userOtpCredentials as each>
            <label class="check"><input type="radio" name="selectedCredentialId" value="${each.id}" <#if each.id = otpLogin.selectedCredentialId>checked</#if>> <span>${each.userLabel!msg("loginOtpOneTime")}</span></label>
          </#list>
        </fieldset>
      </#if>
      <div class="field">
        <label for="otp">${msg("loginOtpOneTime")}</label>
        <p class="hint" id="otp-hint">${msg("otpHint")}</p>
        <#if wrong><@layout.fieldError id="otp-error" text=messagesPerField.get("totp") /></#if>
        <input type="text" id="otp" name="otp" class="code" inputmode="numeric" autocomplete="one-time-code" maxlength="8" required autofocus
          aria-describedby="otp-hint<#if wrong> otp-error</#if>" <#if wrong>aria-invalid="true"</#if>>
      </div>
      <@layout.submit name="login" label=msg("otpSubmit") id="kc-login" />
    </form>
    <p class="hint">${msg("otpLost")}</p>
  </#if>
</@layout.registrationLayout>
