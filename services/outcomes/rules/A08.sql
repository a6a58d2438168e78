-- id: A08
-- name_zh: 开班时已在职
-- name_en: At work when the class began
-- version: 1
-- source: 泰州, 芜湖 (Taizhou, Wuhu) audits of training for the unemployed
-- cases: pre_job E, kind_unknown W
-- zh.pre_job: {enrolled_on} 入岗前培训 {class_no} 班时，此人自 {started_on} 起在 {employer} 在岗
-- en.pre_job: joined pre-job class {class_no} on {enrolled_on} while at work at {employer} since {started_on}
-- zh.kind_unknown: {enrolled_on} 入 {class_no} 班（培训类型未填）时，此人自 {started_on} 起在 {employer} 在岗
-- en.kind_unknown: joined class {class_no}, whose kind is not stated, on {enrolled_on} while at work at {employer}
--   since {started_on}
-- facts: class_no, enrolled_on, employer, started_on
-- figures: persons_trained, training_completions
-- rule_zh: 入岗前培训班当日，此人另有早已开始、尚未结束的工作（实习、灵活就业、自主创业除外）。
-- rule_en: On the day a person joins a pre-job class, work of theirs that began before it goes on; internships,
--   flexible work and self-employment apart.

WITH met AS (
    SELECT t.subject, t.person, t.programme, t.region, t.log, t.idx, t.class_no, t.enrolled_on, t.class_kind,
           s.log AS log2, s.idx AS idx2, s.employer, s.started_on,
           ROW_NUMBER() OVER (PARTITION BY t.log, t.idx ORDER BY s.started_day DESC, s.log, s.idx) AS nth
    FROM live_classroom t
    JOIN live_spells s ON s.person = t.person
    WHERE COALESCE(t.class_kind, 'pre_job') = 'pre_job'
      AND COALESCE(s.kind, '') NOT IN ('internship', 'flexible', 'self_employed')
      AND s.started_day < t.enrolled_day AND COALESCE(s.ended_day, t.enrolled_day + 1) > t.enrolled_day
)
SELECT m.subject AS key, m.person, m.programme, m.region,
       CASE WHEN m.class_kind IS NULL THEN 'kind_unknown' ELSE 'pre_job' END AS finding, m.log, m.idx,
       m.log2, m.idx2, m.class_no, m.enrolled_on, m.employer, m.started_on
FROM met m
WHERE m.nth = 1
