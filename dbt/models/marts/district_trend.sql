{{ trend(['region_id', 'district_id'], ref('district_representation_by_group'), ['district_name']) }}
