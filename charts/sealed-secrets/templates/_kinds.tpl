{{/* Values of the wrong kind, and what to write instead. The kind of each value is in kinds.yaml. */}}

{{/* Each value of the wrong kind on a line, or nothing. */}}
{{- define "sealed-secrets.wrongKinds" -}}
{{- $wrong := list }}
{{- range $path, $kind := .Files.Get "kinds.yaml" | fromYaml }}
{{- $place := $.Values }}
{{- $parts := splitList "." $path }}
{{- range initial $parts }}
{{- $inner := get $place . }}
{{- $place = kindIs "map" $inner | ternary $inner dict }}
{{- end }}
{{- $value := get $place (last $parts) }}
{{- if and (hasKey $place (last $parts)) (not (kindIs "invalid" $value)) }}
{{- with include "sealed-secrets.advice" (list $kind $value) }}
{{- $shown := kindIs "string" $value | ternary (quote $value) (toString $value) }}
{{- $wrong = append $wrong (printf "%s: %s is %s" $path $shown .) }}
{{- end }}
{{- end }}
{{- end }}
{{- join "\n  " $wrong }}
{{- end -}}

{{/* What is wrong with a value of a kind; nothing if it is right. Takes (list kind value). */}}
{{- define "sealed-secrets.advice" -}}
{{- $kind := index . 0 -}}
{{- $value := index . 1 -}}
{{- $text := toString $value -}}
{{- $isText := kindIs "string" $value -}}
{{- $isNumber := or (kindIs "float64" $value) (kindIs "int64" $value) (kindIs "int" $value) -}}
{{- $isWhole := and $isNumber (eq (float64 $value) (float64 (int64 $value))) -}}
{{- $digits := $isWhole | ternary (int64 $value | toString) $text -}}
{{- if and (eq $text "") (or (hasSuffix "or empty" $kind) (hasPrefix "duration" $kind)) -}}
{{- else if hasPrefix "boolean" $kind -}}
  {{- if kindIs "bool" $value -}}
  {{- else if has (lower $text) (list "true" "false") -}}
    a text: write {{ lower $text }} without quotes, and --set instead of --set-string
  {{- else -}}
    neither true nor false
  {{- end -}}
{{- else if eq $kind "duration of Prometheus" -}}
  {{- if not (and $isText (regexMatch "^(0|([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?)$" $text)) -}}
    no duration, such as 30s or 1m
  {{- end -}}
{{- else if eq $kind "schedule or empty" -}}
  {{- if not (and $isText (regexMatch "^(@(yearly|annually|monthly|weekly|daily|midnight|hourly|every ([0-9]+(ns|us|µs|ms|s|m|h))+)|[0-9A-Za-z*,/?#-]+( +[0-9A-Za-z*,/?#-]+){4})$" $text)) -}}
    no schedule of cron: write five fields, such as "17 3 * * *", or @daily
  {{- end -}}
{{- else if hasPrefix "duration" $kind -}}
  {{- if and $isText (regexMatch "^(([0-9]+([.][0-9]*)?|[.][0-9]+)(ns|us|µs|μs|ms|s|m|h))+$" $text) -}}
  {{- else if and (hasSuffix "or 0" $kind) (eq $digits "0") -}}
  {{- else if regexMatch "^[0-9]+d$" $text -}}
    in days, which Go's durations do not have: write {{ trimSuffix "d" $text | int64 | mul 24 }}h
  {{- else if regexMatch "^[0-9]+w$" $text -}}
    in weeks, which Go's durations do not have: write {{ trimSuffix "w" $text | int64 | mul 168 }}h
  {{- else if regexMatch "^[0-9]+$" $digits -}}
    without a unit: write {{ $digits }}h, {{ $digits }}m or {{ $digits }}s
  {{- else -}}
    no duration: write numbers with the units h, m, s or ms, such as 720h or 1h30m
  {{- end -}}
{{- else if hasPrefix "port" $kind -}}
  {{- if not (and (regexMatch "^[1-9][0-9]{0,4}$" $digits) (le (int64 $digits) 65535)) -}}
    no port: write a number from 1 to 65535
  {{- end -}}
{{- else if hasPrefix "count" $kind -}}
  {{- if not (regexMatch "^[0-9]+$" $digits) -}}
    no whole number from 0
  {{- end -}}
{{- else if hasPrefix "integer" $kind -}}
  {{- if not (regexMatch "^-?[0-9]+$" $digits) -}}
    no whole number
  {{- end -}}
{{- else -}}
  {{- $words := splitList " " $kind -}}
  {{- $from := index $words 2 | int64 -}}
  {{- $isIn := and $isWhole (ge (int64 $value) $from) -}}
  {{- if eq (len $words) 5 -}}
    {{- $isIn = and $isIn (le (int64 $value) (index $words 4 | int64)) -}}
  {{- end -}}
  {{- if $isIn -}}
  {{- else if and $isText (regexMatch "^[0-9]+$" $text) -}}
    a text: write {{ $text }} without quotes, and --set instead of --set-string
  {{- else -}}
    no whole {{ $kind }}
  {{- end -}}
{{- end -}}
{{- end -}}
