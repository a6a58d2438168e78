-- id: A23
-- name_zh: 工作起止矛盾或全日制重叠
-- name_en: Contradictory or overlapping spells of work
-- version: 1
-- source: ILR OutType_02, OutType_04, OutEndDate_01, R107
-- cases: overlap E, ended_before E, same_day W
-- zh.overlap: 全日制上岗 {employer}（{started_on}）时，{other_employer}（{other_started_on}）的全日制工作尚未结束
-- en.overlap: full-time work at {employer} began on {started_on} while full-time work at {other_employer}, begun on
--   {other_started_on}, went on
-- zh.ended_before: 在 {employer} 离岗（{ended_on}）早于上岗（{started_on}）
-- en.ended_before: the end at {employer}, {ended_on}, is before the start, {started_on}
-- zh.same_day: 在 {employer} 上岗当日（{started_on}）即离岗
-- en.same_day: work at {employer} began and ended on one day, {started_on}
-- facts: employer, started_on, ended_on, other_employer, other_started_on
-- figures: employment_starts, persons_started, persons_employed, retained_d30, retained_d90, retained_d180
-- rule_zh: 同一人两段全日制工作重叠；离岗早于上岗；上岗当日离岗。多个单位上报的同一次上岗不算重叠。
-- rule_en: Full-time spells of one person overlap; an end before its start; a start and its end on one day.
--   One start that several agencies state does not overlap itself.

WITH full_time AS (
    SELECT s.subject, s.person, s.programme, s.region, s.log, s.idx, s.employer, s.started_on, s.started_day, s.ended_on,
           COALESCE(s.ended_day, 4194303) AS until_day,
           ROW_NUMBER() OVER (PARTITION BY s.person ORDER BY s.started_day, s.log, s.idx) AS nth
    FROM live_spells s
    WHERE s.kind = 'full_time' AND s.copy = 1 AND COALESCE(s.ended_day, s.started_day) >= s.started_day
),
-- of the spells begun before, the one that lasts longest: its last day * 2^20 + its number
followed AS (
    SELECT f.subject, f.person, f.programme, f.region, f.log, f.idx, f.employer, f.started_on, f.started_day, f.ended_on,
           MAX(f.until_day * 1048576 + f.nth) OVER (PARTITION BY f.person ORDER BY f.nth
                                                    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS longest
    FROM full_time f
)
SELECT f.subject AS key, f.person, f.programme, f.region, 'overlap' AS finding, f.log, f.idx,
       o.log AS log2, o.idx AS idx2, f.employer, f.started_on, f.ended_on,
       o.employer AS other_employer, o.started_on AS other_started_on
FROM followed f
JOIN full_time o ON o.person = f.person AND o.nth = f.longest % 1048576
WHERE f.started_day < f.longest / 1048576
UNION ALL
SELECT s.subject, s.person, s.programme, s.region,
       CASE WHEN s.ended_day < s.started_day THEN 'ended_before' ELSE 'same_day' END,
       s.end_log, s.end_idx, s.log, s.idx, s.employer, s.started_on, s.ended_on,
       CAST(NULL AS TEXT), CAST(NULL AS TEXT)
FROM live_spells s
WHERE s.ended_day <= s.started_day
