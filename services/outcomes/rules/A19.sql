-- id: A19
-- name_zh: 与已停业或未登记单位签约
-- name_en: Signed with an employer that had closed or is not in the register
-- version: 1
-- source: procurement and labour inspection practice
-- cases: closed E, unlisted W
-- zh.closed: {signed_on} 与 {employer} 签约，而该单位已于 {closed_on} 停业
-- en.closed: signed with {employer} on {signed_on}, which had closed on {closed_on}
-- zh.unlisted: {employer} 首次签约 {signed_on}，但不在本项目单位台账
-- en.unlisted: {employer}, first signed with on {signed_on}, is not in the programme's register of employers
-- facts: employer, signed_on, closed_on
-- figures: agreements_signed, contracts_signed, employers
-- rule_zh: 协议或合同的签订日期不早于单位停业日期；项目有单位台账而签约单位不在其中（每单位一条）。
-- rule_en: An agreement or contract signed on or after the day the employer closed; or, where the programme keeps a
--   register of employers, one that is not in it (one finding an employer).

WITH agreements AS (
    SELECT i.log, i.idx, i.subject, i.programme, i.region, i.person, i.employer, i.signed_on, i.signed_day, i.recorded
    FROM live_intents i
    UNION ALL
    SELECT c.log, c.idx, c.subject, c.programme, c.region, c.person, c.employer, c.signed_on, c.signed_day, c.recorded
    FROM live_contracts_signed c
),
closed AS (
    SELECT c.programme, c.employer, c.log, c.idx, c.closed_on, c.closed_day,
           ROW_NUMBER() OVER (PARTITION BY c.programme, c.employer ORDER BY c.closed_day, c.log, c.idx) AS nth
    FROM live_closures c
),
known AS (
    SELECT DISTINCT e.programme, e.employer FROM live_employers e
),
unlisted AS (
    SELECT a.log, a.idx, a.programme, a.region, a.employer, a.signed_on,
           ROW_NUMBER() OVER (PARTITION BY a.programme, a.employer ORDER BY a.signed_day, a.recorded, a.log, a.idx) AS nth
    FROM agreements a
    LEFT JOIN known k ON k.programme = a.programme AND k.employer = a.employer
    WHERE k.employer IS NULL AND a.programme IN (SELECT known.programme FROM known)
)
SELECT a.subject AS key, a.person, a.programme, a.region, 'closed' AS finding, a.log, a.idx,
       c.log AS log2, c.idx AS idx2, a.employer, a.signed_on, c.closed_on
FROM agreements a
JOIN closed c ON c.programme = a.programme AND c.employer = a.employer AND c.nth = 1
WHERE c.closed_day <= a.signed_day
UNION ALL
SELECT 'unlisted/' || u.programme || '/' || u.employer, CAST(NULL AS TEXT), u.programme, u.region, 'unlisted', u.log, u.idx,
       CAST(NULL AS TEXT), CAST(NULL AS BIGINT), u.employer, u.signed_on, CAST(NULL AS TEXT)
FROM unlisted u
WHERE u.nth = 1
