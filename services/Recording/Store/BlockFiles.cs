using System.Globalization;
using CallCenter.Hosting;
using Microsoft.Win32.SafeHandles;

namespace CallCenter.Recording.Store;

/// <summary>Where a recording's file is.</summary>
internal readonly record struct FilePlace(Guid Tenant, DateOnly Day, Guid Recording);

/// <summary>
/// One file a recording, <c>DATA/recordings/&lt;tenant&gt;/&lt;yyyy-mm-dd&gt;/&lt;recording&gt;.blocks</c>: sealed blocks one after another in
/// the order they came. The database says where each lies; a crash between file and database leaves bytes that no row names.
/// </summary>
internal sealed class BlockFiles(DataFolder data) : IBlockStore
{
    /// <inheritdoc/>
    public Task<StoredAt> Append(FilePlace place, IReadOnlyList<byte[]> blocks, CancellationToken ct)
    {
        using var file = new FileStream(PathOf(place), new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        var position = file.Seek(0, SeekOrigin.End);
        foreach (var block in blocks)
        {
            file.Write(block);
        }

        file.Flush(flushToDisk: true);
        return Task.FromResult(new StoredAt(null, position));
    }

    /// <summary>Opens the file for reading. Throws <see cref="IOException"/> when it is gone.</summary>
    public SafeFileHandle Open(FilePlace place) => File.OpenHandle(PathOf(place), share: FileShare.ReadWrite);

    private string PathOf(FilePlace place) => data.Path(
        "recordings", place.Tenant.ToString(), place.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), $"{place.Recording}.blocks");
}
