{{/* What follows from keyWrapping: rights, volumes, and which values do not go together. */}}

{{/* Not empty if a key management service wraps new keys. Age recipients alone only get a copy of keys in plain. */}}
{{- define "sealed-secrets.wrapsKeys" -}}
{{- range (.Values.keyWrapping | default dict).providers -}}
{{- if not (hasPrefix "age1" .) }}true{{ end -}}
{{- end -}}
{{- end -}}

{{/* Not empty if wrapped keys are stored in plain again. */}}
{{- define "sealed-secrets.unwrapsAllKeys" -}}
{{- if eq (toString (.Values.keyWrapping | default dict).unwrapAll) "true" }}true{{ end -}}
{{- end -}}

{{/* All providers, with their options, as a list. */}}
{{- define "sealed-secrets.keyProviders" -}}
{{- $wrapping := .Values.keyWrapping | default dict -}}
{{- concat ($wrapping.providers | default list) ($wrapping.unwrapProviders | default list) | toYaml -}}
{{- end -}}

{{/* Not empty if the controller logs in at OpenBao or Vault with tokens of its own account, which the API server gives it. */}}
{{- define "sealed-secrets.requestsTokens" -}}
{{- range include "sealed-secrets.keyProviders" . | fromYamlArray -}}
{{- if and (hasPrefix "openbao+transit://" .) (not (regexMatch "[?&](token|jwt)-file=" .)) }}true{{ end -}}
{{- end -}}
{{- end -}}

{{/* Not empty if a service is reached by the network. */}}
{{- define "sealed-secrets.callsKeyServices" -}}
{{- range include "sealed-secrets.keyProviders" . | fromYamlArray -}}
{{- if regexMatch "^(openbao[+]transit|awskms|gcpkms):" . }}true{{ end -}}
{{- end -}}
{{- end -}}

{{/* The folders in which the URIs have sockets of KMS v2 plugins, as a list. */}}
{{- define "sealed-secrets.kmsSocketDirs" -}}
{{- $dirs := list -}}
{{- range include "sealed-secrets.keyProviders" . | fromYamlArray -}}
{{- if hasPrefix "kmsv2:unix:///" . -}}
{{- $dirs = append $dirs (trimPrefix "kmsv2:unix://" . | splitList "?" | first | dir) -}}
{{- end -}}
{{- end -}}
{{- $dirs | uniq | toYaml -}}
{{- end -}}

{{/* Those where additionalVolumeMounts has nothing, as a list. */}}
{{- define "sealed-secrets.kmsSocketMounts" -}}
{{- $taken := list -}}
{{- range .Values.additionalVolumeMounts -}}
{{- $taken = append $taken (trimSuffix "/" (toString .mountPath)) -}}
{{- end -}}
{{- $dirs := list -}}
{{- range include "sealed-secrets.kmsSocketDirs" . | fromYamlArray -}}
{{- if not (has . $taken) -}}
{{- $dirs = append $dirs . -}}
{{- end -}}
{{- end -}}
{{- $dirs | toYaml -}}
{{- end -}}

{{/* Each thing that is wrong with keyWrapping on a line, or nothing. The controller would not start with any of them. */}}
{{- define "sealed-secrets.wrongKeyWrapping" -}}
{{- $wrapping := .Values.keyWrapping | default dict -}}
{{- $wrong := list -}}
{{- range $name := list "providers" "unwrapProviders" -}}
{{- range $at, $provider := get $wrapping $name | default list -}}
{{- if and (eq $name "unwrapProviders") (hasPrefix "age1" $provider) -}}
{{- $wrong = append $wrong (printf "keyWrapping.unwrapProviders[%d]: an age recipient opens nothing, its identity does (kubeseal-rs keys unwrap --identity); remove it" $at) -}}
{{- else if regexMatch "\\s" $provider -}}
{{- $wrong = append $wrong (printf "keyWrapping.%s[%d]: a URI has no spaces; write each provider as an item of its own" $name $at) -}}
{{- else if not (regexMatch "^(kmsv2:unix:///|openbao[+]transit://|awskms:arn:|gcpkms:projects/|age1)." $provider) -}}
{{- /* Without the text, which may be an age identity. */ -}}
{{- $wrong = append $wrong (printf "keyWrapping.%s[%d]: write kmsv2:unix:///PATH, openbao+transit://HOST/MOUNT/KEY, awskms:arn:…, gcpkms:projects/…, or an age recipient, age1…" $name $at) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $providers := $wrapping.providers | default list -}}
{{- $all := include "sealed-secrets.keyProviders" . | fromYamlArray -}}
{{- $byService := include "sealed-secrets.wrapsKeys" . -}}
{{- $isRequired := eq (toString $wrapping.required) "true" -}}
{{- $isAll := include "sealed-secrets.unwrapsAllKeys" . -}}
{{- if and $all (not (regexMatch "^[a-z0-9._-]{1,100}$" ($wrapping.clusterName | default ""))) -}}
{{- $wrong = append $wrong "keyWrapping.clusterName: choose a name for this cluster, of a-z, 0-9, `-`, `.` and `_`, and keep it: wrapped keys open under this name only" -}}
{{- end -}}
{{- if and $isRequired (not $byService) -}}
{{- $wrong = append $wrong "keyWrapping.required: no key management service is among keyWrapping.providers, so that no key could be wrapped and opened again; add one, or leave it empty" -}}
{{- end -}}
{{- if and $isAll $providers -}}
{{- $wrong = append $wrong "keyWrapping.unwrapAll: no key is wrapped any more then; move the services from keyWrapping.providers to keyWrapping.unwrapProviders, and remove age recipients" -}}
{{- else if and $isAll (not $all) -}}
{{- $wrong = append $wrong "keyWrapping.unwrapAll: name the services that open the keys in keyWrapping.unwrapProviders" -}}
{{- end -}}
{{- $dirs := include "sealed-secrets.kmsSocketDirs" . | fromYamlArray -}}
{{- with $wrapping.kmsSocketDir -}}
{{- if not (hasPrefix "/" .) -}}
{{- $wrong = append $wrong "keyWrapping.kmsSocketDir: write an absolute path" -}}
{{- end -}}
{{- if not $dirs -}}
{{- $wrong = append $wrong "keyWrapping.kmsSocketDir: it is mounted for a provider kmsv2:unix:///PATH, and there is none" -}}
{{- else if gt (len $dirs) 1 -}}
{{- $wrong = append $wrong (printf "keyWrapping.kmsSocketDir: it stands for one folder, and the URIs name %s; mount these with additionalVolumes and additionalVolumeMounts" (join " and " $dirs)) -}}
{{- end -}}
{{- $dirs = append $dirs (trimSuffix "/" .) -}}
{{- end -}}
{{- range $dirs -}}
{{- if or (regexMatch "^/[^/]*$" .) (has . (list "/var/run" "/var/lib")) -}}
{{- $wrong = append $wrong (printf "keyWrapping: the socket of a plugin needs a folder of its own, such as /run/kms, because the pod gets all that is in it, and %s holds other files of the node" .) -}}
{{- end -}}
{{- end -}}
{{- join "\n  " $wrong -}}
{{- end -}}
