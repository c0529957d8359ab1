namespace CallCenter.Days;

/// <summary>A trace on disk: a folder with <see cref="CallsFile"/> and <see cref="CentreFile"/>.</summary>
internal static class TraceFolder
{
    /// <summary>The traces that lie beside the program.</summary>
    public static IReadOnlyList<string> Own => [.. Directory.GetDirectories(Path.Combine(AppContext.BaseDirectory, "Traces")).Order(StringComparer.Ordinal)];

    public static Trace Read(string folder)
    {
        var missing = new[] { CentreFile.Name, CallsFile.Name }.Where(name => !File.Exists(Path.Combine(folder, name))).Select(name => $"there is no {name}.").ToList();
        if (missing.Count > 0)
        {
            throw new TraceException(folder, missing);
        }

        var errors = new List<string>();
        using var centre = File.OpenRead(Path.Combine(folder, CentreFile.Name));
        var (queues, agents) = CentreFile.Read(centre, errors);
        if (errors.Count > 0)
        {
            throw new TraceException(folder, errors);
        }

        using var lines = File.OpenText(Path.Combine(folder, CallsFile.Name));
        var calls = CallsFile.Read(lines, queues, errors);
        return errors.Count > 0 ? throw new TraceException(folder, errors) : new Trace(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), calls, queues, agents);
    }

    public static void Write(string folder, Trace trace)
    {
        Directory.CreateDirectory(folder);
        using var centre = File.Create(Path.Combine(folder, CentreFile.Name));
        CentreFile.Write(centre, trace);
        using var calls = File.CreateText(Path.Combine(folder, CallsFile.Name));
        CallsFile.Write(calls, trace);
    }
}
