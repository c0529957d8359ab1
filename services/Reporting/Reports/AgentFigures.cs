namespace CallCenter.Reporting.Reports;

/// <summary>Joins agents' time and legs to one sum a period.</summary>
internal static class AgentFigures
{
    /// <param name="ofTenantOnly">Only agents who had a leg or handling time of the tenant asked for.</param>
    public static List<Cell<AgentSums>> Join(IReadOnlyList<Cell<AgentSums>> time, IReadOnlyList<Cell<AgentSums>> legs, bool ofTenantOnly)
    {
        var cells = time.ToDictionary(c => (c.Period, c.Subject), c => c.Sums);
        foreach (var cell in legs)
        {
            var key = (cell.Period, cell.Subject);
            cells[key] = cells.GetValueOrDefault(key, new AgentSums()) with { Legs = cell.Sums.Legs, Held = cell.Sums.Held, Missed = cell.Sums.Missed };
        }

        var concerned = cells.Where(c => c.Value is { Legs: > 0 } or { Missed: > 0 } or { HandlingMs: > 0 }).Select(c => c.Key.Subject).ToHashSet();
        return [.. cells.Where(c => !ofTenantOnly || concerned.Contains(c.Key.Subject)).OrderBy(c => c.Key).Select(c => new Cell<AgentSums>(c.Key.Subject, c.Key.Period, c.Value))];
    }
}
