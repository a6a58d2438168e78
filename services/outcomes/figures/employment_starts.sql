-- id: employment_starts
-- name_zh: 上岗人次
-- name_en: Employment starts
-- unit: 人次
-- member: spell of work
-- kind: flow
-- measure: count
-- grade: evidenced
-- version: 2
-- parameters: programme, region, from, to
-- exclusions: voided, internship, rejoined
-- base_reasons:
-- splits: kind = full_time, flexible, self_employed, public_post, dispatch, unknown
-- rule_zh: 期内开始的工作（非实习），按用工形式分列。离岗后 30 天内回到同一单位的不算新上岗；实习转为上岗的算。
-- rule_en: Spells of work begun in the window, internships apart, by kind of work. A start at most 30 days after an
--   end at the same employer is a return, not a new start, unless what ended was an internship.

SELECT s.subject AS key, s.person, CAST(NULL AS BIGINT) AS value,
       CASE WHEN s.reason IS NULL THEN 1 ELSE 0 END AS counted, s.reason, s.log, s.idx,
       CASE s.kind WHEN '' THEN 'unknown' ELSE s.kind END AS kind
FROM starts s
