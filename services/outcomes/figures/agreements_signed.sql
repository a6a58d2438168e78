-- id: agreements_signed
-- name_zh: 签订就业意向协议
-- name_en: Intent agreements signed
-- unit: 份
-- member: intent agreement
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 1
-- parameters: programme, region, from, to
-- exclusions: voided, duplicate_number, withdrawn
-- base_reasons:
-- rule_zh: 期内签订、截止日前未撤回的就业意向协议。同一项目中同一编号被多家登记的，只认最早登记的一条。
--   意向协议不是合同，不是人数，也不是就业。
-- rule_en: Intent agreements signed in the window and not withdrawn on or before `to`. Of one
--   number stated by several agencies for one programme, the first recorded counts. Not contracts, not
--   persons, not jobs.

SELECT i.subject AS key, i.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN i.reason IS NULL THEN 1 ELSE 0 END AS counted, i.reason, i.log, i.idx
FROM intents i
