-- id: A25
-- name_zh: 培训前已在同一单位
-- name_en: At the same employer before the training
-- version: 1
-- source: 广州 (Guangzhou) new-start rule; Australian Workforce pre-existing employment
-- thresholds: before_days = 90 培训前追溯（天） | days before the class that are looked at
-- cases: same_employer E
-- zh.same_employer: {started_on} 上岗 {employer}，而入班（{enrolled_on}）前 {before_days} 天内此人已在该单位（{before_on} 起）
-- en.same_employer: started at {employer} on {started_on}, but was there already, since {before_on}, within
--   {before_days} days before joining the class on {enrolled_on}
-- facts: employer, started_on, enrolled_on, before_on
-- figures: employment_starts, persons_started
-- rule_zh: 结业后上岗的单位，与入班前 before_days 天内工作过的单位相同（实习除外）。
-- rule_en: A start after a class at an employer for whom the person worked within before_days before joining it;
--   internships apart.

WITH met AS (
    SELECT s.subject, s.person, s.programme, s.region, s.log, s.idx, s.employer, s.started_on, t.enrolled_on,
           b.started_on AS before_on, b.log AS log2, b.idx AS idx2,
           ROW_NUMBER() OVER (PARTITION BY s.log, s.idx ORDER BY t.enrolled_day DESC, t.log, t.idx,
                              b.started_day DESC, b.log, b.idx) AS nth
    FROM live_spells s
    CROSS JOIN live_spells b
    CROSS JOIN live_trainings t
    WHERE b.person = s.person AND b.employer = s.employer AND b.started_day < s.started_day
      AND t.person = s.person AND t.programme = s.programme
      AND COALESCE(s.kind, '') <> 'internship' AND COALESCE(b.kind, '') <> 'internship'
      AND t.result = 'passed' AND s.started_day >= t.until_day
      AND b.started_day < t.enrolled_day
      AND COALESCE(b.ended_day, t.enrolled_day) >= t.enrolled_day - :before_days
)
SELECT m.subject AS key, m.person, m.programme, m.region, 'same_employer' AS finding, m.log, m.idx, m.log2, m.idx2,
       m.employer, m.started_on, m.enrolled_on, m.before_on
FROM met m
WHERE m.nth = 1
