{{/* Pieces under the names that upstream's chart gives them, for the objects in `extraDeploy` that use them. */}}

{{- define "sealed-secrets.chart" -}}
{{- printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "sealed-secrets.labels" -}}
{{- include "sealed-secrets.merge" (list . (include "sealed-secrets.standardLabels" .) .Values.commonLabels) -}}
{{- end -}}

{{- define "sealed-secrets.matchLabels" -}}
{{- include "sealed-secrets.selector" . -}}
{{- end -}}

{{/* Takes (dict "value" value "context" $). */}}
{{- define "sealed-secrets.render" -}}
{{- include "sealed-secrets.expand" (list .context .value) -}}
{{- end -}}
