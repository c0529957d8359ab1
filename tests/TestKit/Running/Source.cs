namespace CallCenter.TestKit.Running;

/// <summary>Where the tests find what was built beside them.</summary>
public static class Source
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The application, of the same build configuration as the running test.</summary>
    public static string Application => ApplicationOf(Shape.OneProcess);

    /// <summary>What starts the application in that shape.</summary>
    public static string ApplicationOf(Shape shape)
    {
        var name = shape == Shape.Fleet ? "Fleet" : "AllInOne";
        return Path.Combine(Root, "services", name, "bin", AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug", "net10.0", $"CallCenter.{name}");
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "CallCenter.sln")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException($"no CallCenter.sln above {AppContext.BaseDirectory}");
    }
}
