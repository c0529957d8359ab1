using System.Xml.Linq;
using CallCenter.Architecture.Scanning;

namespace CallCenter.Architecture;

/// <summary>A file of the repository; the text of a binary or very large one is empty.</summary>
internal sealed class TreeFile(string path, string text)
{
    private readonly Lazy<CSharpFile> _code = new(() => CSharpFile.Of(text));
    private readonly Lazy<int> _lines = new(() => text.Length == 0 ? 0 : text.AsSpan().Count('\n') + (text[^1] == '\n' ? 0 : 1));

    /// <summary>From the repository's root, with slashes.</summary>
    public string Path => path;

    public string Text => text;

    public string Folder => System.IO.Path.GetDirectoryName(path)!;

    public string Name => System.IO.Path.GetFileName(path);

    public int Lines => _lines.Value;

    /// <summary>Types and functions; for C# files.</summary>
    public CSharpFile Code => _code.Value;

    public bool IsCSharp => path.EndsWith(".cs", StringComparison.Ordinal);
}

/// <summary>A project file: what it references.</summary>
internal sealed record Project(string Path, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
{
    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    /// <summary>services, shared or tests.</summary>
    public string Storey => Path.Split('/')[0];

    public static Project Of(TreeFile file)
    {
        var xml = XDocument.Parse(file.Text);
        List<string> Included(string element) => [.. xml.Descendants(element).Select(e => (string?)e.Attribute("Include")).OfType<string>()];
        return new Project(file.Path, Included("ProjectReference").ConvertAll(r => Resolve(file.Folder, r)), Included("PackageReference"));
    }

    private static string Resolve(string folder, string reference) =>
        System.IO.Path.GetRelativePath("/", System.IO.Path.GetFullPath(reference.Replace('\\', '/'), "/" + folder));
}

/// <summary>The repository as rules see it: its files and the contracts' types. Immutable: a planted violation is another tree.</summary>
internal sealed class Tree
{
    private const int LargestText = 1_000_000;
    private static readonly string[] NotSource = ["bin", "obj", ".git", ".data", "node_modules", "TestResults", ".vs", ".idea"];
    private static readonly string[] Binary = [".wav", ".png", ".ico", ".pcap", ".dat", ".gz", ".zip", ".ulaw", ".alaw", ".raw", ".bin"];
    private readonly Dictionary<string, TreeFile> _files;

    private Tree(Dictionary<string, TreeFile> files, IReadOnlyList<Type> contracts)
    {
        _files = files;
        Contracts = contracts;
    }

    /// <summary>The repository's root on this machine.</summary>
    public static string Root { get; } = FindRoot();

    public static Tree Real { get; } = new(Load(), typeof(Contracts.DomainEvent).Assembly.GetTypes());

    public IReadOnlyList<Type> Contracts { get; }

    public IEnumerable<TreeFile> Files => _files.Values;

    public IEnumerable<TreeFile> Sources => Files.Where(f => f.IsCSharp);

    public IEnumerable<Project> Projects => Files.Where(f => f.Path.EndsWith(".csproj", StringComparison.Ordinal)).Select(Project.Of);

    public TreeFile? Find(string path) => _files.GetValueOrDefault(path);

    public bool HasFileOrFolder(string path) => _files.ContainsKey(path) || _files.Keys.Any(f => f.StartsWith(path + "/", StringComparison.Ordinal));

    public Tree With(string path, string text) => new(new(_files) { [path] = new TreeFile(path, text) }, Contracts);

    public Tree Without(string path) => new(_files.Where(f => f.Key != path).ToDictionary(), Contracts);

    public Tree With(Type contract) => new(_files, [.. Contracts, contract]);

    private static Dictionary<string, TreeFile> Load()
    {
        var files = new Dictionary<string, TreeFile>(StringComparer.Ordinal);
        var folders = new Stack<string>([Root]);
        while (folders.TryPop(out var folder))
        {
            foreach (var inner in Directory.GetDirectories(folder).Where(f => !NotSource.Contains(Path.GetFileName(f))))
            {
                folders.Push(inner);
            }

            foreach (var file in Directory.GetFiles(folder).Where(f => !NotSource.Contains(Path.GetFileName(f))))
            {
                var path = Path.GetRelativePath(Root, file).Replace('\\', '/');
                files[path] = new TreeFile(path, IsText(file) ? File.ReadAllText(file) : "");
            }
        }

        return files;
    }

    private static bool IsText(string file) =>
        !Binary.Contains(Path.GetExtension(file)) && new FileInfo(file).Length <= LargestText;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CallCenter.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No CallCenter.sln above {AppContext.BaseDirectory}: run the tests from inside the repository.");
    }
}
