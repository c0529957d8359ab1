using Microsoft.Extensions.Configuration;

namespace CallCenter.Hosting;

/// <summary>The folder of an installation's local data (<c>Data:Folder</c>). What is made here belongs to its owner alone.</summary>
public sealed class DataFolder
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // Started as root the database runs under its own account, which must be able to pass through (not read) this folder.
    private const UnixFileMode Passable = Owner | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string? _keys;

    /// <summary>Opens the folder, making it when it is absent. Throws <see cref="IOException"/> with advice when it cannot be used.</summary>
    /// <param name="root">The folder.</param>
    /// <param name="keys">Where the installation's keys are; null: in <c>keys</c> below it.</param>
    public DataFolder(string root, string? keys = null)
    {
        _keys = keys is null ? null : System.IO.Path.GetFullPath(keys);
        Root = System.IO.Path.GetFullPath(root);
        try
        {
            if (!Directory.Exists(Root))
            {
                Directory.CreateDirectory(Root, Environment.IsPrivilegedProcess ? Passable : Owner);
            }
            // Listing proves that the folder can be read.
            using var entries = Directory.EnumerateFileSystemEntries(Root).GetEnumerator();
            entries.MoveNext();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The data folder {Root} cannot be used ({e.Message}): choose another with --data, or give this account the right to read and write it.", e);
        }
    }

    /// <summary>Absolute path of the folder.</summary>
    public string Root { get; }

    /// <summary>The data folder of the configuration (<c>Data:Folder</c>, <c>Data:Keys</c>); <c>.data</c> when none is named.</summary>
    public static DataFolder From(IConfiguration configuration) => new(configuration["Data:Folder"] ?? ".data", configuration["Data:Keys"]);

    /// <summary>The folder of the installation's keys, which all of its processes share (<c>Data:Keys</c>).</summary>
    public string Keys => _keys is { } keys ? Directory.CreateDirectory(keys, Owner).FullName : Folder("keys");

    /// <summary>Path of a file below the data folder; its folders are made, for the owner alone.</summary>
    public string Path(params string[] parts)
    {
        var path = Combine(parts);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!, Owner);
        return path;
    }

    /// <summary>Path of a folder below the data folder, made for the owner alone.</summary>
    public string Folder(params string[] parts)
    {
        var path = Combine(parts);
        Directory.CreateDirectory(path, Owner);
        return path;
    }

    /// <summary>Writes a file whole or not at all: beside its place, flushed to disk, then renamed. Readable by the owner alone.</summary>
    public static void WriteWhole(string path, ReadOnlySpan<byte> content)
    {
        var beside = $"{path}.{Guid.NewGuid():N}.new";
        using (var file = new FileStream(beside, new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>
    /// Takes a lock file below the folder until the result is disposed or the process ends, however it ends.
    /// Throws <see cref="IOException"/> when another process holds it.
    /// </summary>
    public IDisposable Lock(params string[] parts)
    {
        var path = Path(parts);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"The data folder {Root} is in use by another process: stop that one, or choose another folder with --data.", e);
        }
    }

    private string Combine(string[] parts)
    {
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine([Root, .. parts]));
        return path.StartsWith(Root + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal)
            ? path
            : throw new ArgumentException($"{string.Join('/', parts)} leaves the data folder.");
    }
}
