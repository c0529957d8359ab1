using System.Net;
using CallCenter.Desk.Tests.Running;

namespace CallCenter.Desk.Tests.Site;

public sealed class SiteTests : IDisposable
{
    private readonly string _site = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"callcenter-site-{Guid.NewGuid():N}")).FullName;

    public SiteTests()
    {
        File.WriteAllText(Path.Combine(_site, "index.html"), "<!doctype html><title>the desk</title>");
        Directory.CreateDirectory(Path.Combine(_site, "assets"));
        File.WriteAllText(Path.Combine(_site, "assets", "index-4f3a.js"), "run()");
    }

    public void Dispose() => Directory.Delete(_site, recursive: true);

    [Fact]
    public async Task Pages_are_the_clients_and_are_never_kept_its_assets_for_ever()
    {
        await using var host = await DeskHost.Start(_site, []);
        using var browser = host.Anonymous();
        foreach (var page in new[] { "/", "/wallboard", "/contacts/0190a000-0000-7000-8000-000000000001?tab=recording" })
        {
            using var response = await Get(browser, page);
            (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("the desk", Case.Sensitive, page);
            response.Headers.CacheControl!.NoCache.ShouldBeTrue();
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            policy.ShouldContain("default-src 'none'");
            policy.ShouldContain("script-src 'self';");
            response.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
            response.Headers.GetValues("Referrer-Policy").Single().ShouldBe("no-referrer");
        }
        using var asset = await Get(browser, "/assets/index-4f3a.js");
        asset.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        asset.Headers.CacheControl!.Extensions.ShouldContain(extension => extension.Name == "immutable");
    }

    [Theory]
    [InlineData("/assets/index-4f3a.js", "gzip, br", "br", "coded by brotli")]
    [InlineData("/assets/index-4f3a.js", "br;q=0, gzip", "gzip", "coded by gzip")]
    [InlineData("/assets/index-4f3a.js", "identity", null, "run()")]
    public async Task A_text_is_sent_as_its_smallest_copy_that_the_browser_takes(string path, string takes, string? coding, string body)
    {
        File.WriteAllText(Path.Combine(_site, "assets", "index-4f3a.js.br"), "coded by brotli");
        File.WriteAllText(Path.Combine(_site, "assets", "index-4f3a.js.gz"), "coded by gzip");
        await using var host = await DeskHost.Start(_site, []);
        using var browser = host.Anonymous();
        browser.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", takes);
        using var response = await Get(browser, path);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(body);
        response.Content.Headers.ContentEncoding.SingleOrDefault().ShouldBe(coding);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        response.Headers.CacheControl!.Extensions.ShouldContain(extension => extension.Name == "immutable");
        response.Headers.Vary.ShouldBe(["Accept-Encoding"]);
    }

    [Theory]
    [InlineData("/api/none", HttpStatusCode.NotFound)]
    [InlineData("/api/desk/me", HttpStatusCode.Unauthorized)]
    [InlineData("/hub", HttpStatusCode.Unauthorized)]
    [InlineData("/health/none", HttpStatusCode.NotFound)]
    [InlineData("/openapi/none", HttpStatusCode.NotFound)]
    [InlineData("/sip", HttpStatusCode.NotFound)]
    [InlineData("/assets/gone-0000.js", HttpStatusCode.NotFound)]
    [InlineData("/%2e%2e/%2e%2e/etc/passwd.txt", HttpStatusCode.NotFound)]
    public async Task What_is_no_page_is_not_answered_as_one(string path, HttpStatusCode expected)
    {
        await using var host = await DeskHost.Start(_site, []);
        using var browser = host.Anonymous();
        using var response = await Get(browser, path);
        response.StatusCode.ShouldBe(expected);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldNotContain("the desk");
    }

    [Fact]
    public async Task Without_a_built_client_a_page_says_how_to_build_it()
    {
        await using var host = await DeskHost.Start();
        using var browser = host.Anonymous();
        using var response = await Get(browser, "/wallboard");
        response.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("npm ci");
        (await Get(browser, "/api/none")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static Task<HttpResponseMessage> Get(HttpClient client, string path) => client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
}
