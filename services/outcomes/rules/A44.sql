-- id: A44
-- name_zh: 全日制上岗无合同
-- name_en: Full-time start without a contract
-- version: 1
-- source: Labour Contract Law art. 10 (a written contract within a month); OpenCRVS #9827
-- thresholds: contract_days = 30 签订期限（天） | days within which the contract is due
-- cases: none E, late W
-- zh.none: {started_on} 全日制上岗 {employer}，{contract_days} 天内及以后均无劳动合同或劳务协议
-- en.none: started full-time at {employer} on {started_on}; no contract with it, within {contract_days} days or since
-- zh.late: {started_on} 全日制上岗 {employer}，合同 {signed_on} 才签，超过 {contract_days} 天
-- en.late: started full-time at {employer} on {started_on}; the contract was signed on {signed_on}, after more than
--   {contract_days} days
-- facts: started_on, employer, signed_on
-- figures: employment_starts, contracts_signed
-- rule_zh: 全日制上岗后 contract_days 天内没有与该单位（同码或同名）的有效合同；期限未满的不算。
-- rule_en: A full-time start with no contract with that employer, by code or name, signed within contract_days after it and not
--   withdrawn before it. Starts whose days have not run out are left aside.

WITH signed AS (
    SELECT s.log, s.idx, MIN(c.signed_day) AS signed_day
    FROM live_starts s
    JOIN live_contracts c ON c.person = s.person
    WHERE (c.employer = s.employer OR c.employer_name = s.employer_name OR c.employer = s.employer_name)
      AND s.kind = 'full_time' AND COALESCE(c.withdrawn_day, s.started_day + 1) > s.started_day
    GROUP BY s.log, s.idx
),
late AS (
    SELECT g.log, g.idx, c.log AS log2, c.idx AS idx2, c.signed_on, s.subject,
           ROW_NUMBER() OVER (PARTITION BY g.log, g.idx ORDER BY c.log, c.idx) AS nth
    FROM signed g
    JOIN live_starts s ON s.log = g.log AND s.idx = g.idx
    JOIN live_contracts c ON c.person = s.person AND c.signed_day = g.signed_day
    WHERE (c.employer = s.employer OR c.employer_name = s.employer_name OR c.employer = s.employer_name)
      AND g.signed_day > s.started_day + :contract_days
)
SELECT s.subject AS key, s.person, s.programme, s.region,
       CASE WHEN g.idx IS NULL THEN 'none' ELSE 'late' END AS finding, s.log, s.idx,
       l.log2, l.idx2, s.started_on, s.employer, l.signed_on
FROM live_starts s
LEFT JOIN signed g ON g.idx = s.idx AND g.log = s.log
LEFT JOIN late l ON l.idx = s.idx AND l.log = s.log AND l.nth = 1
WHERE s.kind = 'full_time' AND s.started_day + :contract_days < :to_day
  AND COALESCE(g.signed_day, s.started_day + :contract_days + 1) > s.started_day + :contract_days
