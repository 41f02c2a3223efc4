{#
    The window from one school year to the next. `row` names the columns that a row shares with its predecessors, `figures` those
    of which a row needs at least one to have or to be a predecessor.
#}
{% macro before(column, row, figures) -%}
    {%- set has_figures = figures | join(' is not null or ') ~ ' is not null' -%}
    case when {{ has_figures }} then lag({{ column }}) over (partition by {{ row }}, {{ has_figures }} order by school_year) end
{%- endmacro %}

{% macro change(column, row, figures) -%}
    {{ column }} - {{ before(column, row, figures) }}
{%- endmacro %}

{# The value of a column in the first school year in which the gap is known; null where it is not. #}
{% macro first_with_gap(column, row) -%}
    case when gap_pp is not null then first_value({{ column }}) over (partition by {{ row }}, gap_pp is null order by school_year) end
{%- endmacro %}

{#
    Newcombe's hybrid score interval of the difference of two independent proportions (Newcombe 1998, method 10): how far the
    difference of two shares may lie below ('-') or above ('+') the one seen, from the Wilson bounds of both.
#}
{% macro newcombe_distance(now, then, bound) -%}
    {%- set bound_now, bound_then = ('_chance_low', '_chance_high') if bound == '-' else ('_chance_high', '_chance_low') -%}
    sqrt(
        {{ square(now ~ ' - ' ~ now ~ bound_now) }}
        + {{ square(then ~ ' - ' ~ then ~ bound_then) }}
    )
{%- endmacro %}

{#
    What the interval of a gap's change says: the gap has narrowed if every gap in the interval is nearer to 0 than the one before,
    widened if every one is farther.
#}
{% macro gap_verdict(gap_before, low, high) -%}
    case
        when {{ low }} is null or {{ high }} is null then null
        when abs({{ gap_before }} + {{ low }}) < abs({{ gap_before }}) and abs({{ gap_before }} + {{ high }}) < abs({{ gap_before }})
        then 'narrowed'
        when {{ gap_before }} + {{ low }} > abs({{ gap_before }}) or {{ gap_before }} + {{ high }} < -abs({{ gap_before }})
        then 'widened'
        else 'no clear change'
    end
{%- endmacro %}

{#
    Changes of districts or regions from year to year, measured on the schools that are compared in both years. It adds them to
    the rows of `by_group`. `keys` identify the organization; `composition` has a row for each school and group.
#}
{% macro panel_trend(organization, keys, by_group, composition) -%}
    {%- set group = keys + ['demographic_group_id'] -%}
    {%- set row = group | join(', ') -%}
    {%- set counts = ['student_count', 'all_students_count', 'teacher_count', 'all_teachers_count'] -%}
with by_group as (
    select
        *,
        {{ before('school_year', row, ['nullif(compared_school_count, 0)']) }} as previous_school_year,
        {{ first_with_gap('school_year', row) }} as first_school_year_with_gap
    from {{ by_group }}
),

pairs as (
    select school_year, {{ row }}, previous_school_year as since_school_year
    from by_group
    where previous_school_year is not null
    union
    select school_year, {{ row }}, first_school_year_with_gap as since_school_year
    from by_group
    where first_school_year_with_gap is not null
),

compared as (
    select * from {{ composition }}
    where is_compared
),

panels as (
    select
        pairs.school_year,
        pairs.{{ group | join(', pairs.') }},
        pairs.since_school_year,
        cast(count(*) as integer) as matched_school_count,
        {% for count in counts -%}
        cast(sum(present.{{ count }}) as integer) as {{ count }},
        cast(sum(past.{{ count }}) as integer) as past_{{ count }}{{ ',' if not loop.last }}
        {% endfor %}
    from pairs
    inner join compared as present
        on pairs.school_year = present.school_year
        {% for key in group -%}
        and pairs.{{ key }} = present.{{ key }}
        {% endfor -%}
    inner join compared as past
        on pairs.since_school_year = past.school_year
        and present.school_id = past.school_id
        {% for key in group -%}
        and pairs.{{ key }} = past.{{ key }}
        {% endfor -%}
    group by pairs.school_year, pairs.{{ group | join(', pairs.') }}, pairs.since_school_year
),

shares as (
    select
        *,
        {{ share('student_count', 'all_students_count') }} as student_share,
        {{ share('past_student_count', 'past_all_students_count') }} as past_student_share,
        {{ share('teacher_count', 'all_teachers_count') }} as teacher_share,
        {{ share('past_teacher_count', 'past_all_teachers_count') }} as past_teacher_share
    from panels
),

changes as (
    select
        school_year,
        {{ row }},
        since_school_year,
        matched_school_count,
        student_count - past_student_count as student_count_change,
        100 * (student_share - past_student_share) as student_share_change_pp,
        teacher_count - past_teacher_count as teacher_count_change,
        100 * (teacher_share - past_teacher_share) as teacher_share_change_pp,
        {{ gap_pp('teacher_share', 'student_share') }} - {{ gap_pp('past_teacher_share', 'past_student_share') }} as gap_change_pp
    from shares
),

final as (
    select
        by_group.school_year,
        by_group.{{ keys | join(', by_group.') }},
        by_group.{{ organization }}_name,
        by_group.category_type,
        by_group.demographic_group_id,
        by_group.demographic_group,
        by_group.compared_school_count,
        by_group.student_count,
        by_group.student_share,
        by_group.teacher_count,
        by_group.teacher_share,
        by_group.gap_pp,
        by_group.parity_ratio,
        by_group.previous_school_year,
        case
            when by_group.previous_school_year is not null then coalesce(since_previous.matched_school_count, 0)
        end as matched_school_count,
        since_previous.student_count_change,
        since_previous.student_share_change_pp,
        since_previous.teacher_count_change,
        since_previous.teacher_share_change_pp,
        since_previous.gap_change_pp,
        by_group.first_school_year_with_gap,
        case
            when by_group.first_school_year_with_gap is not null then coalesce(since_first.matched_school_count, 0)
        end as matched_since_first_school_count,
        since_first.student_count_change as student_count_change_since_first,
        since_first.student_share_change_pp as student_share_change_since_first_pp,
        since_first.teacher_count_change as teacher_count_change_since_first,
        since_first.teacher_share_change_pp as teacher_share_change_since_first_pp,
        since_first.gap_change_pp as gap_change_since_first_pp,
        by_group.is_small
    from by_group
    {% for changes, since in [('since_previous', 'previous_school_year'), ('since_first', 'first_school_year_with_gap')] -%}
    left join changes as {{ changes }}
        on by_group.school_year = {{ changes }}.school_year
        and by_group.{{ since }} = {{ changes }}.since_school_year
        {% for key in group -%}
        and by_group.{{ key }} = {{ changes }}.{{ key }}
        {% endfor -%}
    {% endfor %}
)

select * from final
{%- endmacro %}
