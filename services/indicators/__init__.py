"""The figures: facts of entities, pure rules, one transaction per batch, one active reader."""
