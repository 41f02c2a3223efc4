{#
    The rows of a ranking, with their ties and with the school's place in the school year before, even if it was not among the
    first. `tied_beyond` is the number of schools beyond the first `top` of their list that have the same value as the last of
    those. `tied_schools` names the first five of them and counts the others. `lists` are the columns that identify a row's
    list in a school year.
#}
{% macro ranking(relation, ranked_value, lists, top) -%}
    {%- set list = lists | join(', ') -%}
    {%- set row = list ~ ', school_id' -%}
    select
        *,
        nullif(
            concat_ws(
                ' and ',
                concat_ws(
                    ', '
                    {%- for place in [1, 2, 3, 4, 5] %},
                    max(case when is_tied and school_rank = {{ top }} + {{ place }} then school_name end)
                        over (partition by school_year, {{ list }})
                    {%- endfor %}
                ),
                case
                    when tied_beyond = 6 then '1 other'
                    when tied_beyond > 6 then cast(tied_beyond - 5 as {{ type_text() }}) || ' others'
                end
            ),
            ''
        ) as tied_schools
    from (
        select
            *,
            cast(
                sum(case when is_tied then 1 else 0 end) over (partition by school_year, {{ list }}) as integer
            ) as tied_beyond
        from (
            select
                *,
                school_rank > {{ top }} and {{ ranked_value }} = min(case when school_rank <= {{ top }} then {{ ranked_value }} end)
                    over (partition by school_year, {{ list }}) as is_tied,
                {{ before('school_year', row, [ranked_value]) }} as previous_school_year,
                {{ before('school_rank', row, [ranked_value]) }} as previous_rank,
                {{ change(ranked_value, row, [ranked_value]) }} as value_change
            from {{ relation }}
        ) as listed
        -- Most schools are not among the first, so the columns above are worked out for few rows.
        where school_rank <= {{ top }} or is_tied
    ) as counted
{%- endmacro %}
