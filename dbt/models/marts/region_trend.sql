{{ panel_trend('region', ['region_id'], ref('region_representation_by_group'), ref('int_school_composition')) }}
