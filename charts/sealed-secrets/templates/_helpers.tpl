{{/* Names, labels and other pieces that several templates share. Nothing here renders an object by itself. */}}

{{/* Value of the label app.kubernetes.io/name. */}}
{{- define "sealed-secrets.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Name of most objects: the override, or the release's name, with the chart's name added where it is not in it. */}}
{{- define "sealed-secrets.fullname" -}}
{{- $chart := .Values.nameOverride | default .Chart.Name -}}
{{- $generated := contains $chart .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $chart) -}}
{{- .Values.fullnameOverride | default $generated | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* Namespace of every namespaced object. */}}
{{- define "sealed-secrets.namespace" -}}
{{- .Values.namespace | default .Release.Namespace -}}
{{- end -}}

{{/* Account the controller runs as. */}}
{{- define "sealed-secrets.serviceAccountName" -}}
{{- $fallback := .Values.serviceAccount.create | ternary (include "sealed-secrets.fullname" .) "default" -}}
{{- .Values.serviceAccount.name | default $fallback -}}
{{- end -}}

{{/* Labels that select the pods. Immutable in a Deployment: never add to them. */}}
{{- define "sealed-secrets.selector" -}}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/name: {{ include "sealed-secrets.name" . | quote }}
{{- end -}}

{{/* Labels that every object carries before the user's own are added. */}}
{{- define "sealed-secrets.standardLabels" -}}
{{ include "sealed-secrets.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/part-of: sealed-secrets
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- end -}}

{{/* A value that may contain templates, as YAML. Takes (list $ value); a string is taken for YAML source. */}}
{{- define "sealed-secrets.expand" -}}
{{- $root := index . 0 -}}
{{- $value := index . 1 -}}
{{- tpl (kindIs "string" $value | ternary $value (toYaml $value)) $root -}}
{{- end -}}

{{/* Several maps as one, the later winning, so that no key is ever written twice. Takes (list $ map map ...). */}}
{{- define "sealed-secrets.merge" -}}
{{- $root := first . -}}
{{- $merged := dict -}}
{{- range rest . -}}
{{- if . -}}
{{- $expanded := include "sealed-secrets.expand" (list $root .) | fromYaml -}}
{{- with $expanded.Error -}}
{{- fail (printf "labels and annotations must be maps: %s" .) -}}
{{- end -}}
{{- $merged = mergeOverwrite $merged $expanded -}}
{{- end -}}
{{- end -}}
{{- if $merged -}}
{{- toYaml $merged -}}
{{- end -}}
{{- end -}}

{{/* Namespace-free part of an object's metadata: labels, and annotations if any. Takes (list $ labels annotations). */}}
{{- define "sealed-secrets.labelled" -}}
{{- $root := index . 0 -}}
{{- $standard := include "sealed-secrets.standardLabels" $root -}}
labels:
  {{- include "sealed-secrets.merge" (list $root $standard (index . 1) $root.Values.commonLabels) | nindent 2 }}
{{- with include "sealed-secrets.merge" (list $root (index . 2) $root.Values.commonAnnotations) }}
annotations:
  {{- . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* A probe: the enabled one with its path, else the user's own, else nothing. Takes (list $ probe custom path). */}}
{{- define "sealed-secrets.probe" -}}
{{- $probe := index . 1 -}}
{{- $custom := index . 2 -}}
{{- if $probe.enabled -}}
httpGet:
  path: {{ index . 3 }}
  port: http
{{ omit $probe "enabled" | toYaml }}
{{- else if $custom -}}
{{ include "sealed-secrets.expand" (list (index . 0) $custom) }}
{{- end -}}
{{- end -}}

{{/* Image reference: registry and repository, then a tag or, where the tag is one, a digest. */}}
{{- define "sealed-secrets.image" -}}
{{- $name := list .Values.image.registry .Values.image.repository | compact | join "/" -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion | toString -}}
{{- printf "%s%s%s" $name (hasPrefix "sha256:" $tag | ternary "@" ":") $tag -}}
{{- end -}}
