{{/* Labels of everything; called with a dict of root and name (of the service, lower case). */}}
{{- define "callcenter.labels" -}}
{{ include "callcenter.selector" . }}
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: callcenter
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- end }}

{{- define "callcenter.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{/* Where a service is, from every namespace. */}}
{{- define "callcenter.url" -}}
{{- $telephony := .root.Values.telephony -}}
{{- if eq .service "Telephony" -}}
http://{{ .root.Release.Name }}-telephony.{{ $telephony.namespace }}.svc:{{ $telephony.port }}
{{- else -}}
http://{{ .root.Release.Name }}-{{ lower .service }}.{{ .root.Release.Namespace }}.svc:{{ .root.Values.defaults.port }}
{{- end -}}
{{- end }}

{{/*
Environment of every service; dict of root, name and service (its values). Secrets come from the one Secret of the pod's namespace, key by
key, or through Dapr's sidecar from the same one; and so does the way to other services.
*/}}
{{- define "callcenter.env" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
- { name: Data__Folder, value: /data }
- { name: Logging__LogLevel__Default, value: {{ $values.logLevel | quote }} }
- { name: Logging__LogLevel__CallCenter, value: Information }
{{- with $values.telemetry.endpoint }}
- { name: Otlp__Endpoint, value: {{ . | quote }} }
{{- end }}
{{- if $values.dapr.enabled }}
- { name: Dapr__HttpEndpoint, value: "http://127.0.0.1:3500" }
- { name: Dapr__SecretStore, value: {{ $values.dapr.secretStore }} }
- { name: Dapr__Secret, value: {{ $values.secret }} }
{{- range .service.calls }}
{{- if eq . "Telephony" }}
- { name: Services__Telephony__App, value: telephony.{{ $values.telephony.namespace }} }
{{- else if eq $.name "telephony" }}
- { name: Services__{{ . }}__App, value: {{ lower . }}.{{ $root.Release.Namespace }} }
{{- end }}
{{- end }}
{{- else }}
{{- range .service.calls }}
- { name: Services__{{ . }}__Url, value: {{ include "callcenter.url" (dict "root" $root "service" .) | quote }} }
{{- end }}
{{ include "callcenter.secrets" . }}
{{- end }}
{{- end }}

{{- define "callcenter.secrets" -}}
{{- $secret := .root.Values.secret }}
{{- range $key, $wanted := dict "ConnectionStrings__RabbitMq" true "Keys__Token" true "Keys__Master" .service.masterKey "ConnectionStrings__Postgres" .service.database "Postgres__RoleKey" .service.database }}
{{- if $wanted }}
- { name: {{ $key }}, valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ $key }} } } }
{{- end }}
{{- end }}
{{- end }}

{{/* Pods' annotations for Dapr's injector; dict of root, name, port. */}}
{{- define "callcenter.dapr" -}}
dapr.io/enabled: "true"
dapr.io/app-id: {{ .name }}
dapr.io/app-port: {{ .port | quote }}
dapr.io/config: {{ .root.Values.dapr.configuration }}
dapr.io/sidecar-seccomp-profile-type: RuntimeDefault
dapr.io/disable-builtin-k8s-secret-store: "true"
{{- end }}

{{- define "callcenter.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "callcenter.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* A start may wait 30 s for the database; whoever is ready is asked often, so that a gateway that drains or a leader that steps down is left soon. */}}
{{- define "callcenter.probes" -}}
startupProbe:
  httpGet: { path: /health/live, port: http }
  periodSeconds: 2
  failureThreshold: 45
livenessProbe:
  httpGet: { path: /health/live, port: http }
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /health/ready, port: http }
  periodSeconds: 2
  timeoutSeconds: 2
  failureThreshold: 2
{{- end }}

{{- define "callcenter.image" -}}
{{ .root.Values.image.registry }}/{{ .name }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{- define "callcenter.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end }}
