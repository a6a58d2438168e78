-- id: A31
-- name_zh: 期满无工资凭证
-- name_en: No independent wage record by the end of the lag
-- version: 1
-- source: PIRL: what is not proven is no
-- thresholds: lag_days = 180 期限（天） | days after the start by whose end pay is proven; lasting_days = 30 至少在岗（天） | days that the work lasted at least
-- cases: unproven W
-- zh.unproven: {started_on} 上岗 {employer}，{lag_days} 天内没有工资条、银行流水或社保凭证
-- en.unproven: started at {employer} on {started_on}; within {lag_days} days no slip, bank or social insurance
--   record proves pay
-- facts: started_on, employer
-- figures: persons_started, mean_monthly_wage
-- rule_zh: 上岗（实习除外）满 lag_days 天、至少在岗 lasting_days 天，其间没有工资条以上的凭证。
-- rule_en: Work, no internship, that began lag_days ago and lasted lasting_days at least, with no proof of pay from
--   a slip upwards observed meanwhile.

WITH proven AS (
    SELECT s.log, s.idx
    FROM live_starts s
    JOIN live_observed_wages w ON w.person = s.person AND w.programme = s.programme
    WHERE w.proof IN ('social_insurance', 'bank', 'payslip')
      AND w.observed_day BETWEEN s.started_day AND s.started_day + :lag_days
    GROUP BY s.log, s.idx
)
SELECT s.subject AS key, s.person, s.programme, s.region, 'unproven' AS finding, s.log, s.idx,
       CAST(NULL AS TEXT) AS log2, CAST(NULL AS BIGINT) AS idx2, s.started_on, s.employer
FROM live_spells s
LEFT JOIN proven p ON p.idx = s.idx AND p.log = s.log
WHERE p.idx IS NULL AND s.copy = 1 AND COALESCE(s.kind, '') <> 'internship' AND s.started_day + :lag_days < :to_day
  AND COALESCE(s.ended_day, :to_day) >= s.started_day + :lasting_days
