"""Sign-in: sessions, the OpenID Connect client, the directory adapter for Keycloak."""
