-- Events are never dropped: a table that holds some stays, with the columns that its writers know.
DO $$
BEGIN
    IF EXISTS (SELECT FROM outbox_events) THEN
        RAISE NOTICE 'outbox_events holds events and is kept';
    ELSE
        DROP TABLE outbox_events;
    END IF;
END
$$;
