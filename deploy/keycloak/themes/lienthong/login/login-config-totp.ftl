<#import "template.ftl" as layout>
<#assign wrongCode = messagesPerField.existsError("totp")>
<#assign wrongLabel = messagesPerField.existsError("userLabel")>
<@layout.registrationLayout displayMessage=!(wrongCode || wrongLabel); section>
  <#if section = "header">${msg("loginTotpTitle")}
  <#elseif section = "form">
    <p class="lead">${msg("totpLead")}</p>
    <ol class="steps">
      <li>${msg("loginTotpStep1")} <#list totp.supportedApplications as app>${msg(app)}<#sep>, </#sep></#list>.</li>
      <#if mode?? && mode = "manual">
        <li>${msg("loginTotpManualStep2")} <code class="secret" id="kc-totp-secret-key">${totp.totpSecretEncoded}</code>
          <p class="hint">${msg("loginTotpType")}: ${msg("loginTotp." + totp.policy.type)} · ${msg("loginTotpAlgorithm")}: ${totp.policy.getAlgorithmKey()} · ${msg("loginTotpDigits")}: ${totp.policy.digits}<#if totp.policy.type = "totp"> · ${msg("loginTotpInterval")}: ${totp.policy.period}</#if></p>
          <a href="${totp.qrUrl}">${msg("loginTotpScanBarcode")}</a></li>
      <#else>
        <li>${msg("loginTotpStep2")}<br>
          <img class="qr" id="kc-totp-secret-qr-code" src="data:image/png;base64, ${totp.totpSecretQrCode}" width="180" height="180" alt="${msg("totpQrAlt")}"><br>
          <a href="${totp.manualUrl}" id="mode-manual">${msg("loginTotpUnableToScan")}</a></li>
      </#if>
      <li>${msg("loginTotpStep3")}</li>
    </ol>
    <form action="${url.loginAction}" method="post" id="kc-totp-settings-form">
      <div class="field">
        <label for="totp">${msg("authenticatorCode")}</label>
        <#if wrongCode><@layout.fieldError id="totp-error" text=messagesPerField.get("totp") /></#if>
        <input type="text" id="totp" name="totp" class="code" inputmode="numeric" autocomplete="one-time-code" maxlength="8" required autofocus
          <#if wrongCode>aria-invalid="true" aria-describedby="totp-error"</#if>>
      </div>
      <div class="field">
        <label for="userLabel">${msg("loginTotpDeviceName")} <#if totp.otpCredentials?size = 0><span class="optional">${msg("optional")}</span></#if></label>
        <#if wrongLabel><@layout.fieldError id="label-error" text=messagesPerField.get("userLabel") /></#if>
        <input type="text" id="userLabel" name="userLabel" autocomplete="off" maxlength="100" <#if totp.otpCredentials?size gte 1>required</#if>
          <#if wrongLabel>aria-invalid="true" aria-describedby="label-error"</#if>>
      </div>
      <input type="hidden" name="totpSecret" value="${totp.totpSecret}">
      <#if mode??><input type="hidden" name="mode" value="${mode}"></#if>
      <@layout.logoutOtherSessions />
      <@layout.submit name="save" label=msg("totpSubmit") id="saveTOTPBtn" />
      <#if isAppInitiatedAction??><button type="submit" class="secondary" name="cancel-aia" value="true" formnovalidate>${msg("doCancel")}</button></#if>
    </form>
  </#if>
</@layout.registrationLayout>
