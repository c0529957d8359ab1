using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace CallCenter.Desk.Site;

/// <summary>
/// Compressed copies that the client's build laid beside its texts (<c>x.js.br</c> beside <c>x.js</c>): whoever takes one gets it with the
/// text's own type. Nothing is compressed while a browser waits.
/// </summary>
internal sealed class CompressedFiles(IFileProvider files) : IContentTypeProvider
{
    private static readonly (string Coding, string Ending)[] Copies = [("br", ".br"), ("gzip", ".gz")];

    private readonly FileExtensionContentTypeProvider _types = new();

    /// <summary>Leads the request to the smallest copy that its browser takes.</summary>
    public void Choose(HttpContext context)
    {
        var request = context.Request;
        if (context.GetEndpoint() is not null || !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)))
        {
            return;
        }

        foreach (var (coding, ending) in Copies)
        {
            if (Takes(request, coding) && files.GetFileInfo(request.Path.Value + ending).Exists)
            {
                request.Path += ending;
                return;
            }
        }
    }

    /// <summary>How what is sent is coded.</summary>
    public static void Tell(HttpContext context)
    {
        context.Response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (CopyOf(context.Request.Path.Value ?? "") is { } copy)
        {
            context.Response.Headers.ContentEncoding = copy.Coding;
        }
    }

    public bool TryGetContentType(string subpath, [MaybeNullWhen(false)] out string contentType) =>
        _types.TryGetContentType(CopyOf(subpath) is { } copy ? subpath[..^copy.Ending.Length] : subpath, out contentType);

    private static (string Coding, string Ending)? CopyOf(string path) =>
        Array.Find(Copies, copy => path.EndsWith(copy.Ending, StringComparison.Ordinal)) is { Ending: not null } copy ? copy : null;

    // RFC 9110 section 12.5.3: a weight of 0 says no.
    private static bool Takes(HttpRequest request, string coding) =>
        request.GetTypedHeaders().AcceptEncoding.Any(one => one.Value.Equals(coding, StringComparison.OrdinalIgnoreCase) && one.Quality is not 0);
}
