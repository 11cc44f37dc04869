-- Why a server is let in where federation is limited, in the words of whoever did it.
ALTER TABLE domain_allows ADD COLUMN reason text NOT NULL DEFAULT '';
