#!/usr/bin/env bash
# Makes every profile of this folder again, the same to the last byte.
# calibrate-all.sh DIR: the folder of the measured tables of a100_sxm, h100_sxm and l40s.
set -eu
tables=${1:?the folder of the measured tables}
folder=$(cd "$(dirname "$0")" && pwd)
headroom="$folder/../../jobs/bin/headroom"
measured=(a100_sxm h100_sxm l40s)
for name in "${measured[@]}"; do
  "$headroom" calibrate --measurements "$tables" --gpu "$name" --out "$folder/$name.json"
done
from=$(IFS=,; echo "${measured[*]}")
for name in h200_sxm b200_sxm l4 a10 mi300x rtx_pro_6000_server; do
  "$headroom" calibrate --measurements "$tables" --gpu "$name" --from "$from" --out "$folder/$name.json"
done
