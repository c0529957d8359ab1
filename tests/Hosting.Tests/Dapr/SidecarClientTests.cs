using System.Net;

namespace CallCenter.Hosting.Tests.Dapr;

public sealed class SidecarClientTests : IAsyncLifetime
{
    private readonly FakeClock _clock = new();
    private SidecarServer _sidecar = null!;
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _sidecar = await SidecarServer.Start();
        _sidecar.Stores["vault"] = new() { ["callcenter"] = new() { ["a"] = "1", ["b"] = "2" }, ["other"] = new() { ["other"] = "3" } };
    }

    public ValueTask DisposeAsync() => _sidecar.DisposeAsync();

    private SidecarClient Client(string? token = null) => new(new(new(_sidecar.Endpoint), token), _clock);

    private async Task<SidecarException> Refused(Func<SidecarClient, Task> call, string? token = null)
    {
        using var client = Client(token);
        return await Should.ThrowAsync<SidecarException>(() => call(client));
    }

    [Fact]
    public async Task Secrets_are_read_one_by_one_and_all_together()
    {
        using var client = Client();
        (await client.Secret("vault", "callcenter", Ct)).ShouldBe(new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" }, ignoreOrder: true);
        var all = await client.Secrets("vault", Ct);
        all.Keys.ShouldBe(["callcenter", "other"], ignoreOrder: true);
        all["other"]["other"].ShouldBe("3");
    }

    [Fact]
    public async Task A_secret_that_is_not_there_is_204_and_told_by_its_name()
    {
        var e = await Refused(c => c.Secret("vault", "none/such", Ct));
        (e.StatusCode, e.IsTransient).ShouldBe((HttpStatusCode.NoContent, false));
        e.Message.ShouldContain("'none/such'");
        e.Message.ShouldContain("Dapr:Secret");
    }

    [Fact]
    public async Task A_denied_secret_is_403_and_final()
    {
        _sidecar.DeniedSecrets.Add("callcenter");
        var e = await Refused(c => c.Secret("vault", "callcenter", Ct));
        (e.StatusCode, e.ErrorCode, e.IsTransient).ShouldBe((HttpStatusCode.Forbidden, "ERR_PERMISSION_DENIED", false));
        e.Message.ShouldContain("allowedSecrets");
    }

    [Fact]
    public async Task A_store_that_is_not_there_is_told_apart_from_a_wrong_token_though_both_are_401()
    {
        var store = await Refused(c => c.Secret("safe", "callcenter", Ct));
        (store.StatusCode, store.ErrorCode, store.IsTransient).ShouldBe((HttpStatusCode.Unauthorized, "ERR_SECRET_STORE_NOT_FOUND", false));
        store.Message.ShouldContain("Dapr:SecretStore");

        _sidecar.Token = "right";
        var token = await Refused(c => c.Secret("vault", "callcenter", Ct), token: "wrong");
        (token.StatusCode, token.ErrorCode, token.IsTransient).ShouldBe((HttpStatusCode.Unauthorized, null, false));
        token.Message.ShouldContain("DAPR_API_TOKEN");
        (await Refused(c => c.Secrets("vault", Ct))).Message.ShouldContain("DAPR_API_TOKEN");
    }

    [Fact]
    public async Task The_token_is_shown_with_every_call()
    {
        _sidecar.Token = "right";
        using var client = Client("right");
        await client.CheckOutbound(Ct);
        await client.Secrets("vault", Ct);
        _sidecar.Requests.ShouldAllBe(r => r.Token == "right");
    }

    [Fact]
    public async Task No_store_at_all_is_final_though_it_is_500()
    {
        _sidecar.Stores.Clear();
        var e = await Refused(c => c.Secrets("vault", Ct));
        (e.StatusCode, e.ErrorCode, e.IsTransient).ShouldBe((HttpStatusCode.InternalServerError, "ERR_SECRET_STORES_NOT_CONFIGURED", false));
    }

    [Theory]
    [InlineData(400, "ERR_MALFORMED_REQUEST", false)]
    [InlineData(404, "ERR_NOT_FOUND", false)]
    [InlineData(429, "ERR_BUSY", true)]
    [InlineData(500, "ERR_SECRET_GET", true)]
    [InlineData(502, "ERR_UPSTREAM", true)]
    public async Task An_error_is_told_with_its_code_and_its_words(int status, string code, bool isTransient)
    {
        _sidecar.FailNext(status, code, "the words of it");
        var e = await Refused(c => c.Secret("vault", "callcenter", Ct));
        ((int)e.StatusCode!, e.ErrorCode, e.IsTransient).ShouldBe((status, code, isTransient));
        e.Message.ShouldContain("the words of it");
        e.Message.ShouldContain("Secret 'callcenter' of the store 'vault'");
    }

    [Fact]
    public async Task A_proxys_page_in_place_of_an_error_body_is_told_as_it_is_and_not_in_full()
    {
        _sidecar.AnswerNext(502, "text/html", $"<html>Bad gateway{new string('x', 5_000)}</html>");
        var e = await Refused(c => c.Secret("vault", "callcenter", Ct));
        (e.StatusCode, e.ErrorCode, e.IsTransient).ShouldBe((HttpStatusCode.BadGateway, null, true));
        e.Message.ShouldContain("Bad gateway");
        e.Message.Length.ShouldBeLessThan(1_000);
    }

    [Theory]
    [InlineData("text/html", "<html>another server</html>")]
    [InlineData("application/json", "[1, 2]")]
    public async Task An_answer_of_another_form_is_no_sidecars(string type, string body)
    {
        _sidecar.AnswerNext(200, type, body);
        var e = await Refused(c => c.Secret("vault", "callcenter", Ct));
        e.IsTransient.ShouldBeFalse();
        e.Message.ShouldContain("Dapr:HttpEndpoint");
    }

    [Fact]
    public async Task No_answer_within_the_deadline_is_transient()
    {
        var come = _sidecar.HangNext();
        var call = Refused(c => c.Secret("vault", "callcenter", Ct));
        await come;
        _clock.Advance(TimeSpan.FromSeconds(5));
        var e = await call;
        (e.StatusCode, e.IsTransient).ShouldBe((null, true));
        e.Message.ShouldContain("nothing within 5 s");
    }

    [Fact]
    public async Task Nobody_there_is_transient_and_told_with_the_address()
    {
        using var client = Client();
        await _sidecar.DisposeAsync();
        var e = await Should.ThrowAsync<SidecarException>(() => client.CheckOutbound(Ct));
        (e.StatusCode, e.IsTransient).ShouldBe((null, true));
        e.Message.ShouldContain("127.0.0.1");
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_no_fault_of_the_sidecar()
    {
        var come = _sidecar.HangNext();
        using var given = new CancellationTokenSource();
        using var client = Client();
        var call = client.Secrets("vault", given.Token);
        await come;
        await given.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_binding_takes_an_object_and_gives_it_back()
    {
        _sidecar.Buckets["bucket"] = new();
        using var client = Client();
        var bytes = Enumerable.Range(0, 256).Select(b => (byte)b).ToArray();
        await client.InvokeBinding("bucket", "create", Convert.ToBase64String(bytes), new() { ["key"] = "a/b", ["decodeBase64"] = "true" }, Ct);
        _sidecar.Buckets["bucket"]["a/b"].ShouldBe(bytes);
        (await client.InvokeBinding("bucket", "get", null, new() { ["key"] = "a/b" }, Ct)).ShouldBe(bytes);
        (await Should.ThrowAsync<SidecarException>(() => client.InvokeBinding("bucket", "get", null, new() { ["key"] = "a/b" }, Ct, answerBytesMax: 255)))
            .Message.ShouldContain("more than the 255 bytes");
    }

    [Fact]
    public async Task A_binding_that_is_not_there_and_a_body_it_cannot_read_are_told()
    {
        var none = await Refused(c => c.InvokeBinding("none", "get", null, new() { ["key"] = "a" }, Ct));
        ((int)none.StatusCode!, none.ErrorCode).ShouldBe((500, "ERR_INVOKE_OUTPUT_BINDING"));
        none.Message.ShouldContain("Operation 'get' of the binding 'none'");

        _sidecar.FailNext(400, "ERR_MALFORMED_REQUEST", "failed deserializing HTTP body");
        (await Refused(c => c.InvokeBinding("none", "get", null, [], Ct))).IsTransient.ShouldBeFalse();
    }
}
