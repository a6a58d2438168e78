-- id: contracts_signed
-- name_zh: 签订合同
-- name_en: Contracts signed
-- unit: 份
-- member: labour or service contract
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided, duplicate_number, withdrawn
-- base_reasons:
-- splits: kind = labour, service
-- rule_zh: 期内签订、截止日前未撤回的劳动合同和劳务协议，另按类型分列。
--   同一项目中同类型同编号被多家登记的，只认最早登记的一条。
-- rule_en: Labour and service contracts signed in the window and not withdrawn on or before `to`,
--   also shown by kind. Of one kind and number stated by several agencies for one programme, the first
--   recorded counts.

SELECT c.subject AS key, c.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN c.reason IS NULL THEN 1 ELSE 0 END AS counted, c.reason, c.log, c.idx,
       c.kind
FROM contracts c
