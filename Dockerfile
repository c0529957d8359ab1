# One image for every service:  docker build --build-arg SERVICE=Telephony -t callcenter/telephony .
# The base images are arguments, for houses with a registry of their own. BASE is Debian 12: the packages below are its own.
ARG BASE=debian:12-slim
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0
ARG NODE=node:22-bookworm-slim

# ---- the screens, for Desk alone
FROM ${NODE} AS web
ARG SERVICE
WORKDIR /source/services/Desk/web
COPY services/Desk/web/package.json services/Desk/web/package-lock.json ./
RUN mkdir -p dist && if [ "$SERVICE" = Desk ]; then npm ci; fi
COPY services/Desk/web ./
RUN if [ "$SERVICE" = Desk ]; then npm run build; fi

# ---- the program, and the runtime without what only debuggers, dumps, other collectors, pages made by the server and Windows use
FROM ${SDK} AS build
ARG SERVICE
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY shared shared
COPY services services
COPY --from=web /source/services/Desk/web/dist services/Desk/web/dist
RUN case "$SERVICE" in \
      Crm|Desk|Ivr|Recording|Reporting|Routing|Telephony|Tenancy) ;; \
      *) echo "SERVICE '$SERVICE' is none: give --build-arg SERVICE= with Crm, Desk, Ivr, Recording, Reporting, Routing, Telephony or Tenancy" >&2; exit 1 ;; \
    esac \
 && dotnet publish "services/$SERVICE/$SERVICE.csproj" -c Release -o /app -p:RestoreLockedMode=true -p:ContinuousIntegrationBuild=true \
 && ln -s "CallCenter.$SERVICE" /app/service \
 && mkdir -p /runtime/host /runtime/shared \
 && cp -r /usr/share/dotnet/host/fxr /runtime/host \
 && cp -r /usr/share/dotnet/shared/Microsoft.NETCore.App /usr/share/dotnet/shared/Microsoft.AspNetCore.App /runtime/shared \
 && cd /runtime/shared/Microsoft.NETCore.App/* \
 && rm createdump libclrgc.so libclrgcexp.so libcoreclrtraceptprovider.so libmscordaccore.so libmscordbi.so \
 && cd ../../Microsoft.AspNetCore.App/* \
 && rm Microsoft.AspNetCore.Components*.dll Microsoft.AspNetCore.*Razor*.dll Microsoft.AspNetCore.Mvc.TagHelpers.dll Microsoft.AspNetCore.Mvc.ViewFeatures.dll \
      Microsoft.AspNetCore.Server.HttpSys.dll

# ---- the image: Debian with the runtime, no SDK, no compiler
FROM ${BASE}
ARG SERVICE
# ICU: names and dates of tenants' languages. OpenSSL: TLS, and DTLS of browsers' telephones. tzdata: tenants' opening hours.
# Opus for the gateway's browsers; espeak-ng speaks prompts where they are written.
RUN case "$SERVICE" in Telephony) more=libopus0 ;; Ivr) more=espeak-ng ;; *) more= ;; esac \
 && apt-get update \
 && apt-get install -y --no-install-recommends -o Dpkg::Options::=--path-exclude=/usr/share/X11/* ca-certificates libicu72 libssl3 libstdc++6 tzdata $more \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/apt /var/log/dpkg.log \
 && useradd --uid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin callcenter \
 && install -d -o callcenter -g callcenter -m 0700 /data
COPY --from=build /runtime /usr/share/dotnet
COPY --from=build /app /app
# No diagnostics socket in /tmp: the root file system is read-only in the cluster.
ENV DOTNET_ROOT=/usr/share/dotnet DOTNET_EnableDiagnostics=0 ASPNETCORE_URLS=http://+:8080 Data__Folder=/data
WORKDIR /app
USER 10001:10001
EXPOSE 8080
ENTRYPOINT ["/app/service"]
