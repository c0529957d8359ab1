using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;

namespace CallCenter.Desk.Site;

/// <summary>
/// The client's files at <c>/</c>. A path that names no file is a page of the client: it gets <c>index.html</c>, which finds the
/// page itself. Paths of the API never do.
/// </summary>
internal static class SiteFiles
{
    /// <summary>Where the built client lies: <c>Desk:Site</c>, or <c>desk</c> beside the program.</summary>
    private const string FolderKey = "Desk:Site", DefaultFolder = "desk", Index = "/index.html", NotKept = "no-cache";

    private static readonly string[] NotOurs = ["/api", "/hub", "/health", "/openapi", "/sip"];

    /// <summary>Of scripts only our own files; styles may be inline because the components' libraries set them so; nobody frames us.</summary>
    private const string ContentSecurity =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; " +
        "connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

    /// <summary>After the endpoints: takes what none of them does.</summary>
    public static void UseSite(this WebApplication app)
    {
        var folder = Path.GetFullPath(app.Configuration[FolderKey] ?? DefaultFolder, AppContext.BaseDirectory);
        if (!File.Exists(folder + Index))
        {
            app.Use((context, next) => IsPage(context) ? NotBuilt(context) : next(context));
            return;
        }

        var files = new PhysicalFileProvider(folder);
        var compressed = new CompressedFiles(files);
        app.Use((context, next) =>
        {
            if (IsPage(context))
            {
                context.Request.Path = Index;
            }

            compressed.Choose(context);
            return next(context);
        });
        app.UseStaticFiles(new StaticFileOptions { FileProvider = files, ContentTypeProvider = compressed, OnPrepareResponse = Prepare });
    }

    /// <summary>A file's name has a dot in its last part, a page's has none.</summary>
    private static bool IsPage(HttpContext context)
    {
        var (request, path) = (context.Request, context.Request.Path);
        return context.GetEndpoint() is null && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && !NotOurs.Any(prefix => path.StartsWithSegments(prefix)) && !Path.GetFileName(path.Value ?? "").Contains('.', StringComparison.Ordinal);
    }

    // Names of assets hold a hash of their content: they never change. All else is asked for again, with its ETag.
    private static void Prepare(StaticFileResponseContext file)
    {
        Protect(file.Context.Response.Headers);
        CompressedFiles.Tell(file.Context);
        file.Context.Response.Headers.CacheControl = file.Context.Request.Path.StartsWithSegments("/assets") ? "public, max-age=31536000, immutable" : NotKept;
    }

    private static void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentSecurity;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    private static Task NotBuilt(HttpContext context)
    {
        Protect(context.Response.Headers);
        context.Response.Headers.CacheControl = NotKept;
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync("""
            <!doctype html><html lang="en"><meta charset="utf-8"><title>CallCenter</title>
            <h1>The screens are not built</h1>
            <p>The API runs. Build the screens with <code>npm ci &amp;&amp; npm run build</code> in <code>services/Desk/web</code> (Node.js 20.19 or newer),
            then build and start again; <code>./callcenter run</code> does all of it.</p></html>
            """);
    }
}
