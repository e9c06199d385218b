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
{{- $fallback := eq (toString .Values.serviceAccount.create) "true" | ternary (include "sealed-secrets.fullname" .) "default" -}}
{{- .Values.serviceAccount.name | default $fallback -}}
{{- end -}}

{{/*
A value, or what stands for it where nothing is said. Takes (list value default).

Not even this chart's own values.yaml says anything where a values file has the key with nothing behind it, and after `helm
upgrade --reuse-values` from upstream's chart for what only this one has.
*/}}
{{- define "sealed-secrets.said" -}}
{{- kindIs "invalid" (first .) | ternary (last .) (first .) -}}
{{- end -}}

{{/* How many pods. */}}
{{- define "sealed-secrets.replicas" -}}
{{- include "sealed-secrets.said" (list .Values.replicaCount 1) -}}
{{- end -}}

{{/*
The value of --leader-elect: true, false, or empty, where the controller finds out whether it may use Leases. That
is where the permissions are granted apart from the chart, perhaps for upstream's controller.
*/}}
{{- define "sealed-secrets.election" -}}
{{- $said := include "sealed-secrets.said" (list (.Values.leaderElection | default dict).enabled "") -}}
{{- range include "sealed-secrets.ownArguments" . | fromYamlArray -}}
{{- /* The controller takes it before what the environment says. */ -}}
{{- if regexMatch "^--leader-elect=(0|f|F|false|FALSE|False)$" . -}}
{{- $said = "false" -}}
{{- end -}}
{{- end -}}
{{- if $said -}}
{{- $said -}}
{{- else if or .Values.rbac.create (gt (include "sealed-secrets.replicas" . | int) 1) -}}
true
{{- end -}}
{{- end -}}

{{/* The arguments that the values give as they are, as a list: where there are `args`, `extraArgs` are not used. */}}
{{- define "sealed-secrets.ownArguments" -}}
{{- include "sealed-secrets.expand" (list . (.Values.args | default .Values.extraArgs)) | fromYamlArray | toYaml -}}
{{- end -}}

{{/* The Deployment's strategy. */}}
{{- define "sealed-secrets.updateStrategy" -}}
{{- with .Values.updateStrategy -}}
{{- toYaml . -}}
{{- else -}}
# No `Recreate` by default: the API server refuses a server-side apply of it over a Deployment with a rolling update, such as
# upstream's chart makes.
type: RollingUpdate
{{- if or .Values.hostNetwork .Values.hostPorts.http .Values.hostPorts.metrics (ne (include "sealed-secrets.election" .) "true") }}
# The old pod is terminated before the new one starts, and then only finishes the work in hand: a port of a node belongs to one pod,
# and controllers that take part in no election must not unseal side by side.
rollingUpdate:
  maxSurge: 0
  maxUnavailable: 1
{{- else }}
# The old pod ends once the new one is ready, so that an image that does not start harms nothing, and `helm --wait` fails. Side by
# side one of them leads, by the election. Upstream's controller takes no part in it: when its pod is replaced, both unseal for
# the seconds between the moment in which the new one leads and the end of the old one.
rollingUpdate:
  maxSurge: 1
  maxUnavailable: 0
{{- end }}
{{- end -}}
{{- end -}}

{{/* How many seconds a pod answers requests after SIGTERM. */}}
{{- define "sealed-secrets.shutdownDelaySeconds" -}}
{{- include "sealed-secrets.said" (list .Values.shutdownDelaySeconds 5) -}}
{{- end -}}

{{/*
After how many seconds Kubernetes kills a terminating pod. The controller takes 20 seconds at the most: 15 for the work in
hand and 5 for the last answers; or, where that is longer, the delay and those 5.
*/}}
{{- define "sealed-secrets.terminationGracePeriodSeconds" -}}
{{- $enough := max 30 (include "sealed-secrets.shutdownDelaySeconds" . | int | add 10) -}}
{{- $said := include "sealed-secrets.said" (list .Values.terminationGracePeriodSeconds "") -}}
{{- $said | default $enough -}}
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
helm.sh/chart: {{ include "sealed-secrets.chart" . | quote }}
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

{{/*
Namespace-free part of an object's metadata: labels, and annotations if any. Takes (list $ labels annotations), and perhaps
labels that cannot be changed, because a selector uses them.
*/}}
{{- define "sealed-secrets.labelled" -}}
{{- $root := index . 0 -}}
{{- $standard := include "sealed-secrets.standardLabels" $root -}}
labels:
  {{- include "sealed-secrets.merge" (concat (list $root $standard (index . 1) $root.Values.commonLabels) (slice . 3)) | nindent 2 }}
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

{{/* Ports the container listens on. */}}
{{- define "sealed-secrets.httpPort" -}}
{{- .Values.containerPorts.http | default 8080 -}}
{{- end -}}
{{- define "sealed-secrets.metricsPort" -}}
{{- .Values.containerPorts.metrics | default 8081 -}}
{{- end -}}

{{/* Image reference: registry and repository, then a tag or, where the tag is one, a digest. Takes (list $ image repository). */}}
{{- define "sealed-secrets.imageOf" -}}
{{- $image := index . 1 | default dict -}}
{{- $name := list $image.registry ($image.repository | default (index . 2)) | compact | join "/" -}}
{{- $tag := $image.tag | default (index . 0).Chart.AppVersion | toString -}}
{{- printf "%s%s%s" $name (hasPrefix "sha256:" $tag | ternary "@" ":") $tag -}}
{{- end -}}

{{/* The controller's. */}}
{{- define "sealed-secrets.image" -}}
{{- include "sealed-secrets.imageOf" (list . .Values.image "sealed-secrets-controller") -}}
{{- end -}}

{{/* A map as a flag's list of pairs, `a=b,c=d`. */}}
{{- define "sealed-secrets.pairs" -}}
{{- $pairs := list -}}
{{- range $name, $value := . -}}
{{- $pairs = append $pairs (printf "%s=%s" $name $value) -}}
{{- end -}}
{{- join "," $pairs -}}
{{- end -}}

{{/*
What it takes to unseal, as RBAC rules: for the ClusterRole, and for a Role in each namespace.

Deleting Secrets is garbage collection's work, through the owner reference; only --old-gc-behavior, which no value but
args and extraArgs can set, makes it the controller's.
*/}}
{{- define "sealed-secrets.unsealerRules" -}}
{{- $deletes := list -}}
{{- range include "sealed-secrets.ownArguments" . | fromYamlArray -}}
{{- if regexMatch "^--old-gc-behavior(=(1|t|T|true|TRUE|True))?$" . -}}
{{- $deletes = list "delete" -}}
{{- end -}}
{{- end -}}
# What is to be unsealed.
- apiGroups: [bitnami.com]
  resources: [sealedsecrets]
  verbs: [get, list, watch]
# What came of it: one replacement per reconcile.
- apiGroups: [bitnami.com]
  resources: [sealedsecrets/status]
  verbs: [update]
# The Secrets to make and keep right.
- apiGroups: [""]
  resources: [secrets]
  verbs: [{{ concat (list "get" "list" "watch" "create" "update") $deletes | join ", " }}]
# What a person sees in `kubectl describe`.
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{/*
Not empty if clients may have tokens that pass the rate limit. The controller checks them with permissions in the whole cluster, which are
those of the chart's ClusterRole.
*/}}
{{- define "sealed-secrets.resealTokens" -}}
{{- $create := include "sealed-secrets.said" (list (.Values.rbac.reseal | default dict).create true) -}}
{{- if and .Values.rbac.create .Values.rbac.clusterRole (not .Values.rbac.namespacedRoles) (eq $create "true") -}}
true
{{- end -}}
{{- end -}}

{{/* Where the controller unseals when it may not do so everywhere: its own namespace and the additional ones, as a list. */}}
{{- define "sealed-secrets.namespaces" -}}
{{- include "sealed-secrets.namespace" . | append (.Values.additionalNamespaces | default list) | uniq | toYaml -}}
{{- end -}}

{{/* A bound of the PodDisruptionBudget, where it is a number or a percentage; else nothing. Takes (list $ name). */}}
{{- define "sealed-secrets.podBound" -}}
{{- $bound := index (first .).Values.pdb (last .) -}}
{{- if or (regexMatch "64$" (kindOf $bound)) (regexMatch "^[0-9]+%$" (toString $bound)) -}}
{{- $bound -}}
{{- end -}}
{{- end -}}

{{/* A Service's spec with one port. Takes (dict "root" $ "values" service "port" name). */}}
{{- define "sealed-secrets.serviceSpec" -}}
type: {{ .values.type }}
{{- with .values.loadBalancerClass }}
loadBalancerClass: {{ . }}
{{- end }}
ports:
  # Clients take the name of the first port for the API server's proxy.
  - name: {{ .port }}
    port: {{ .values.port }}
    targetPort: {{ .port }}
    protocol: TCP
    {{- if ne .values.type "ClusterIP" }}
    {{- with .values.nodePort }}
    nodePort: {{ . }}
    {{- end }}
    {{- end }}
selector:
  {{- include "sealed-secrets.selector" .root | nindent 2 }}
{{- end -}}

{{/* Metadata of an object for a monitoring tool, which may want it in a namespace of its own. Takes (list $ values namespace). */}}
{{- define "sealed-secrets.monitored" -}}
{{- $root := index . 0 -}}
{{- $values := index . 1 -}}
namespace: {{ $values.namespace | default (index . 2) | quote }}
{{ include "sealed-secrets.labelled" (list $root $values.labels $values.annotations) }}
{{- end -}}

{{/* Where an ingress leads: the Service's first port. */}}
{{- define "sealed-secrets.ingressBackend" -}}
service:
  name: {{ include "sealed-secrets.fullname" . | quote }}
  port:
    name: http
{{- end -}}
