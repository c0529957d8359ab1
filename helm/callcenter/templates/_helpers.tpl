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

{{/* A host of the release's namespace is found from the gateways' too. */}}
{{- define "callcenter.host" -}}
{{- if contains "." .host }}{{ .host }}{{ else }}{{ .host }}.{{ .namespace | default .root.Release.Namespace }}.svc{{ end -}}
{{- end }}

{{/* Environment of every service; dict of root and service (its values, with calls and database). A secret's part is put in by Kubernetes. */}}
{{- define "callcenter.env" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
- { name: Data__Folder, value: /data }
- { name: Logging__LogLevel__Default, value: {{ $values.logLevel | quote }} }
- { name: Logging__LogLevel__CallCenter, value: Information }
{{- range .service.calls }}
- { name: Services__{{ . }}__Url, value: {{ include "callcenter.url" (dict "root" $root "service" .) | quote }} }
{{- end }}
- { name: RABBITMQ_USER, valueFrom: { secretKeyRef: { name: {{ $values.broker.secret }}, key: username } } }
- { name: RABBITMQ_PASSWORD, valueFrom: { secretKeyRef: { name: {{ $values.broker.secret }}, key: password } } }
- name: ConnectionStrings__RabbitMq
  value: amqp://$(RABBITMQ_USER):$(RABBITMQ_PASSWORD)@{{ include "callcenter.host" (dict "root" $root "host" $values.broker.host "namespace" $values.network.brokerNamespace) }}:{{ $values.broker.port }}/{{ $values.broker.vhost }}
{{- if .service.database }}
- { name: POSTGRES_USER, valueFrom: { secretKeyRef: { name: {{ $values.database.secret }}, key: username } } }
- { name: POSTGRES_PASSWORD, valueFrom: { secretKeyRef: { name: {{ $values.database.secret }}, key: password } } }
- name: ConnectionStrings__Postgres
  value: Host={{ include "callcenter.host" (dict "root" $root "host" $values.database.host "namespace" $values.network.databaseNamespace) }};Port={{ $values.database.port }};Database={{ $values.database.name }};Username=$(POSTGRES_USER);Password=$(POSTGRES_PASSWORD);SSL Mode={{ $values.database.sslMode }}
{{- end }}
{{- with $values.telemetry.endpoint }}
- { name: Otlp__Endpoint, value: {{ . | quote }} }
{{- end }}
{{- if $values.dapr.enabled }}
- { name: Dapr__HttpEndpoint, value: "http://127.0.0.1:3500" }
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

{{- define "callcenter.keysVolume" -}}
{{- /* 288 is 0440: the account reads it by its group. */}}
- name: keys
  secret: { secretName: {{ .Values.keys.secret }}, defaultMode: 288 }
- name: tmp
  emptyDir: { sizeLimit: 64Mi }
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
