"""A centre's own version takes no label that a published version shared by all bears already.

The platform may publish that label later, since it does not see what centres own; so the rule holds
only where an own version is written or published, and names no other centre.
"""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION refuse_shared_label() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM qualifications_specification
             WHERE qualification_id = NEW.qualification_id AND centre_id IS NULL
               AND published_at IS NOT NULL AND lower(version) = lower(NEW.version)) THEN
    RAISE EXCEPTION 'a version that every centre shares bears the label % already', NEW.version
      USING ERRCODE = 'unique_violation', CONSTRAINT = 'specification_label_not_shared';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER specification_label_not_shared
  BEFORE INSERT OR UPDATE OF version, published_at, centre_id, qualification_id
  ON qualifications_specification
  FOR EACH ROW WHEN (NEW.centre_id IS NOT NULL) EXECUTE FUNCTION refuse_shared_label();
"""
BACKWARDS = """
DROP TRIGGER specification_label_not_shared ON qualifications_specification;
DROP FUNCTION refuse_shared_label();
"""


class Migration(migrations.Migration):
    dependencies = [("qualifications", "0002_catalogue_whole")]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
