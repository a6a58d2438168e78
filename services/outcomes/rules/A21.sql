-- id: A21
-- name_zh: 以协议份数作就业人数
-- name_en: Agreements stated as employment
-- version: 1
-- source: programmes: 份 taken for 人
-- cases: documents E
-- zh.documents: {source} 上报“{indicator}”以“{unit}”计（截至 {as_of_on}）：就业按人计，协议按份计，两者不可互换
-- en.documents: {source} states “{indicator}” in “{unit}” as of {as_of_on}; employment is counted in persons,
--   documents in 份
-- facts: indicator, unit, as_of_on, source
-- figures: attested, persons_employed
-- rule_zh: 指标名为就业或上岗，而单位为“份”。
-- rule_en: A statistic about employment or starts of work that is stated in 份 (documents).

SELECT x.subject AS key, CAST(NULL AS TEXT) AS person, x.programme, x.region, 'documents' AS finding, x.log, x.idx,
       CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, x.indicator, x.unit, x.as_of_on, x.source
FROM live_statistics x
WHERE x.unit = '份' AND (x.indicator LIKE '%就业%' OR x.indicator LIKE '%上岗%' OR x.indicator LIKE '%在岗%')
  AND x.indicator NOT LIKE '%协议%' AND x.indicator NOT LIKE '%合同%'
