namespace CallCenter.Deployment.Tests;

/// <summary>What is deployed: the repository's files, and the services in it.</summary>
internal static class House
{
    public static string Root { get; } = FindRoot();

    /// <summary>The services that run in a container of their own, by folder; the others start them together.</summary>
    public static IReadOnlyList<string> Services { get; } =
        [.. Directory.GetFiles(Path.Combine(Root, "services"), "Program.cs", SearchOption.AllDirectories)
            .Select(f => Path.GetFileName(Path.GetDirectoryName(f)!)).Where(s => s is not ("AllInOne" or "Fleet")).Order(StringComparer.Ordinal)];

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(PathOf(parts));

    /// <summary>The C# sources of services and shared, with their paths.</summary>
    public static IEnumerable<(string Path, string Text)> Sources() =>
        from storey in (string[])["services", "shared"]
        from file in Directory.EnumerateFiles(PathOf(storey), "*.cs", new EnumerationOptions { RecurseSubdirectories = true })
        let path = Path.GetRelativePath(Root, file)
        where !path.Split('/').Any(p => p is "bin" or "obj" or "node_modules")
        select (path, File.ReadAllText(file));

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
