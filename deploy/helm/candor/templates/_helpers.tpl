{{- define "candor.labels" -}}
app.kubernetes.io/name: candor
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{/* What picks the pods of one part. Called with (dict "root" $ "part" "web"). */}}
{{- define "candor.selector" -}}
app.kubernetes.io/name: candor
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end }}

{{- define "candor.image" -}}
{{ .repository }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end }}

{{/* Nobody runs as root, and nothing is written but to volumes. */}}
{{- define "candor.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "candor.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "candor.environment" -}}
- name: CANDOR_RASA_URLS
  value: http://{{ .Release.Name }}-rasa:5005
- name: CANDOR_ACTIONS_URL
  value: http://{{ .Release.Name }}-actions:5055
- name: CANDOR_PUBLIC_URL
  value: https://{{ required "set host: the name under which people reach Candor" .Values.host }}
- name: CANDOR_METRICS_HOST
  value: 0.0.0.0
{{- range $name, $value := .Values.settings }}
{{- if $value }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- end }}

{{- define "candor.secrets" -}}
- secretRef:
    name: {{ required "set existingSecret: a Secret with CANDOR_DATABASE_URL, CANDOR_SECRET_KEY and the others" .Values.existingSecret }}
{{- end }}

{{- define "candor.mounts" -}}
- { name: tmp, mountPath: /tmp }
- { name: var, mountPath: /srv/candor/var }
{{- if .Values.policies.existingClaim }}
- { name: policies, mountPath: /srv/candor/policies, readOnly: true }
{{- end }}
{{- range $company, $map := .Values.policies.configMaps }}
- { name: policy-{{ $company }}, mountPath: /srv/candor/policies/{{ $company }}, readOnly: true }
{{- end }}
{{- end }}

{{- define "candor.volumes" -}}
- name: tmp
  emptyDir: { sizeLimit: 256Mi }
- name: var
  persistentVolumeClaim: { claimName: {{ .Values.storage.existingClaim | default (printf "%s-var" .Release.Name) }} }
{{- with .Values.policies.existingClaim }}
- name: policies
  persistentVolumeClaim: { claimName: {{ . }}, readOnly: true }
{{- end }}
{{- range $company, $map := .Values.policies.configMaps }}
- name: policy-{{ $company }}
  configMap: { name: {{ $map }} }
{{- end }}
{{- end }}

{{/* What every pod has, beside its containers. */}}
{{- define "candor.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  {{- include "candor.podSecurity" . | nindent 2 }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  {{- include "candor.volumes" . | nindent 2 }}
{{- end }}
