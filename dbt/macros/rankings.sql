{#
    The rows of a ranking (`nth` is the place, 1 the first) with `tied_beyond`: the number of rows beyond the first `top` of
    their list that have the same value as the last of those. `list_columns` identify a row's list.
#}
{% macro with_ties(relation, ranked_value, list_columns, top) -%}
    select
        *,
        sum(case when nth > {{ top }} and {{ ranked_value }} = last_value_listed then 1 else 0 end)
            over (partition by {{ list_columns }}) as tied_beyond
    from (
        select
            *,
            min(case when nth <= {{ top }} then {{ ranked_value }} end) over (partition by {{ list_columns }}) as last_value_listed
        from {{ relation }}
    ) as listed
{%- endmacro %}
