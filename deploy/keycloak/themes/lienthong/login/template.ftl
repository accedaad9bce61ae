<#-- The frame of every sign-in page: form on the left, line art on the right. No inline script or style,
     so that the realm's Content-Security-Policy needs no exceptions. -->
<#macro registrationLayout bodyClass="" displayInfo=false displayMessage=true displayRequiredFields=false>
<!DOCTYPE html>
<html lang="${lang}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="robots" content="noindex, nofollow">
  <meta name="color-scheme" content="light dark">
  <title><#nested "header"> · ${msg("productName")}</title>
  <link rel="icon" href="${url.resourcesPath}/img/mark.svg" type="image/svg+xml">
  <link rel="stylesheet" href="${url.resourcesPath}/css/lienthong.css">
  <script type="module" src="${url.resourcesPath}/js/sign-in.js"></script>
<#-- The head is not closed: before its end tag Keycloak writes an inline script that the policy would refuse
     with an error in the console; sign-in.js does its work. -->
<body data-other-tab="${(url.ssoLoginInOtherTabsUrl)!}" data-auth-session="${(authenticationSession.authSessionIdHash)!}">
  <#assign notice = msg("maintenanceNotice")>
  <#-- The platform's own pages; other clients of the realm have other addresses. -->
  <#assign platform = ((client.clientId)! == "lienthong")?then((client.baseUrl)!, "")>
  <main class="sheet">
    <div class="column">
      <#if notice?has_content><p class="notice notice-narrow"><strong>${msg("maintenanceTitle")}</strong> ${notice}</p></#if>
      <div class="brand">
        <img src="${url.resourcesPath}/img/mark.svg" alt="" width="40" height="40">
        <div><span class="brand-name">${msg("productName")}</span><span class="brand-platform">${msg("platformName")}</span></div>
      </div>
      <h1><#nested "header"></h1>
      <#if auth?has_content && auth.showUsername() && !auth.showResetCredentials()>
        <p class="lead">${msg("signingInAs")} <strong>${auth.attemptedUsername}</strong>. <a href="${url.loginRestartFlowUrl}">${msg("restartLoginTooltip")}</a></p>
        <#nested "show-username">
      </#if>
      <#if displayMessage && message?has_content && (message.type != "warning" || !isAppInitiatedAction??)>
        <div class="note note-${message.type}" role="<#if message.type = "error">alert<#else>status</#if>">${kcSanitize(message.summary)?no_esc}</div>
      </#if>
      <#nested "form">
      <#if displayInfo><#nested "info"></#if>
    </div>
    <footer class="foot">
      <#assign phone = msg("supportPhone") email = msg("supportEmail") contact = msg("supportContact")>
      <#if (contact + phone + email)?has_content>
        <p>${msg("supportLead")}<#if contact?has_content> ${contact}</#if><#if phone?has_content> <a href="tel:${phone?replace("[^0-9+]", "", "r")}">${phone}</a></#if><#if phone?has_content && email?has_content> ·</#if><#if email?has_content> <a href="mailto:${email}">${email}</a></#if></p>
      </#if>
      <#if platform?has_content><p><a href="${platform}sso/privacy">${msg("privacyNotice")}</a></p></#if>
      <#if realm.internationalizationEnabled && locale.supported?size gt 1>
        <nav aria-label="${msg("languages")}">
          <#list locale.supported?sort_by("languageTag")?reverse as each><#if each.languageTag = locale.currentLanguageTag><strong lang="${each.languageTag}" aria-current="true">${each.label}</strong><#else><a href="${each.url}" lang="${each.languageTag}" hreflang="${each.languageTag}">${each.label}</a></#if><#sep> · </#sep></#list>
        </nav>
      </#if>
    </footer>
  </main>
  <aside class="art">
    <p class="slogan">${msg("sloganFirst")}<br>${msg("sloganSecond")}</p>
    <#if notice?has_content><div class="notice"><strong>${msg("maintenanceTitle")}</strong><br>${notice}</div></#if>
  </aside>
</body>
</html>
</#macro>

<#-- The message under one field; its id is what aria-describedby of the field names. -->
<#macro fieldError id text><span id="${id}" class="field-error">${kcSanitize(text)?no_esc}</span></#macro>

<#macro password id name label autocomplete invalid=false error="" autofocus=false>
  <div class="field">
    <label for="${id}">${label}</label>
    <#if error?has_content><@fieldError id="${id}-error" text=error /></#if>
    <div class="password">
      <input type="password" id="${id}" name="${name}" autocomplete="${autocomplete}" required data-caps="${id}-caps"
        <#if autofocus>autofocus</#if> <#if invalid>aria-invalid="true"</#if> <#if error?has_content>aria-describedby="${id}-error"</#if>>
      <button type="button" class="quiet" hidden data-show="${id}" data-label-show="${msg("showPassword")}" data-label-hide="${msg("hidePassword")}">
        <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" focusable="false"><path d="M10 12a2 2 0 1 0 4 0a2 2 0 0 0-4 0"/><path d="M21 12c-2.4 4-5.4 6-9 6s-6.6-2-9-6c2.4-4 5.4-6 9-6s6.6 2 9 6"/></svg>
        <span>${msg("showPassword")}</span>
      </button>
    </div>
    <p class="hint hint-warn" id="${id}-caps" role="status" hidden>${msg("capsLockOn")}</p>
  </div>
</#macro>

<#macro submit name label id="submit">
  <button type="submit" class="primary" id="${id}" name="${name}" value="true" data-busy="${msg("sending")}">${label}</button>
</#macro>

<#macro logoutOtherSessions>
  <label class="check"><input type="checkbox" name="logout-sessions" value="on" checked> <span>${msg("logoutOtherSessions")}</span></label>
</#macro>
