-- id: standard_contract_rate
-- name_zh: 规范合同文本使用率
-- name_en: On an approved template
-- unit: %
-- member: counted contract
-- kind: flow
-- measure: rate
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: other_template, unknown_template
-- base_reasons: other_template, unknown_template
-- splits: kind = labour, service
-- rule_zh: 计入的合同中，使用规范合同文本的比例；文本不详的留在分母。
-- rule_en: Counted contracts on an approved template; those on another, or on who knows which, stay in the denominator.

SELECT c.subject AS key, c.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN c.template = 'standard' THEN 1 ELSE 0 END AS counted,
       CASE WHEN c.template = 'standard' THEN NULL
            WHEN c.template IS NULL THEN 'unknown_template' ELSE 'other_template' END AS reason, c.log, c.idx,
       c.kind
FROM contracts c
WHERE c.reason IS NULL
