using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace CallCenter.Tenancy.Tests;

[Trait("needs", "server")]
public sealed class SignInTests(TenancyHost host)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static async Task<string> NewUser(HttpClient administrator, string role, params Guid[] tenants)
    {
        var user = $"u{Guid.NewGuid():N}";
        await administrator.Put($"/api/users/{Guid.CreateVersion7()}", new { user, name = "Somebody", password = "a good password", role, tenants });
        return user;
    }

    [Fact]
    public async Task The_first_administrator_signs_in_and_sees_users()
    {
        using var http = await host.Client();
        var signed = await http.SignIn(TenancyHost.Administrator, TenancyHost.Password);
        signed.GetProperty("expiresAt").GetDateTimeOffset().ShouldBeInRange(TimeProvider.System.GetUtcNow().AddHours(11), TimeProvider.System.GetUtcNow().AddHours(13));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", signed.GetProperty("token").GetString());
        (await http.Read("/api/users")).Items().Select(u => u.GetProperty("user").GetString()).ShouldContain(TenancyHost.Administrator);
        (await http.Read("/api/users")).ToString().ShouldNotContain("assword");
    }

    [Fact]
    public async Task A_user_has_the_role_and_the_tenants_that_were_given()
    {
        using var administrator = await host.Client(Role.Administrator);
        var tenant = await administrator.NewTenant();
        var user = await NewUser(administrator, "client", tenant);
        using var http = await host.Client();
        var token = (await http.SignIn(user.ToUpperInvariant(), "a good password")).GetProperty("token").GetString();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        (await http.Read("/api/tenants")).Items().ShouldHaveSingleItem().GetProperty("id").GetGuid().ShouldBe(tenant);
        (await http.Read("/api/users")).Items().ShouldHaveSingleItem().GetProperty("user").GetString().ShouldBe(user);
    }

    [Fact]
    public async Task A_supervisors_teams_are_known_from_its_token_however_many_and_of_whatever_letters()
    {
        using var administrator = await host.Client(Role.Administrator);
        await using var own = await TenancyHost.Start(host.Configuration, add: null, app => app.MapGet("/teams", (Caller caller) => caller.Teams));
        using var http = new HttpClient { BaseAddress = new(own.Urls.First()) };
        // The longest list there may be, and names that a reader of JSON could take for something else.
        string[] teams = ["2026-11-23", "true", "17", "[]", "a,b", .. Enumerable.Range(0, 5).Select(n => $"{n}" + new string('客', 59))];
        var (id, user) = (Guid.CreateVersion7(), $"u{Guid.NewGuid():N}");
        await administrator.Put($"/api/users/{id}", new { user, name = "Sanna", password = "a good password", role = "supervisor", tenants = Array.Empty<Guid>(), teams });
        (await administrator.Read($"/api/users/{id}")).GetProperty("teams").EnumerateArray().Select(t => t.GetString()).ShouldBe(teams);
        (await Known()).ShouldBe(teams);

        await administrator.Put($"/api/users/{id}", new { user, name = "Sanna", password = "a good password", role = "supervisor", tenants = Array.Empty<Guid>() });
        (await Known()).ShouldBeEmpty("set as a whole");
        await own.StopAsync(Ct);

        async Task<List<string?>> Known()
        {
            var token = (await http.SignIn(user, "a good password")).GetProperty("token").GetString();
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return [.. (await http.Read("/teams")).EnumerateArray().Select(team => team.GetString())];
        }
    }

    [Fact]
    public async Task Only_a_supervisor_is_limited_to_teams_and_to_few()
    {
        using var administrator = await host.Client(Role.Administrator);
        async Task<string> Refusal(string role, string?[] teams) => (await administrator.Put(
            $"/api/users/{Guid.CreateVersion7()}", new { user = $"u{Guid.NewGuid():N}", name = "Somebody", password = "a good password", role, tenants = Array.Empty<Guid>(), teams }, HttpStatusCode.BadRequest))
            .GetProperty("detail").GetString()!;
        (await Refusal("administrator", ["Sales"])).ShouldContain("Only a supervisor");
        (await Refusal("agent", ["Sales"])).ShouldContain("Only a supervisor");
        (await Refusal("supervisor", [.. Enumerable.Range(0, 11).Select(n => $"{n}")])).ShouldContain("at most 10");
        (await Refusal("supervisor", ["Sales", "Sales"])).ShouldContain("each once");
        foreach (var team in new[] { "", " Sales", "Sa\nles", new string('x', 61), null })
        {
            (await Refusal("supervisor", [team])).ShouldContain("1 to 60 characters");
        }
    }

    [Fact]
    public async Task An_unknown_user_and_a_wrong_password_look_and_take_the_same()
    {
        using var administrator = await host.Client(Role.Administrator);
        var user = await NewUser(administrator, "agent");
        using var http = await host.Client();
        async Task<(string Answer, TimeSpan Took)> Try(string name)
        {
            var began = Stopwatch.GetTimestamp();
            var problem = await http.SignIn(name, "another password", HttpStatusCode.Unauthorized);
            return (problem.GetProperty("detail").GetString()!, Stopwatch.GetElapsedTime(began));
        }
        var (known, unknown) = (new List<TimeSpan>(), new List<TimeSpan>());
        for (var i = 0; i < 5; i++)
        {
            var (right, wrong) = (await Try(user), await Try($"nobody{i}{user}"));
            right.Answer.ShouldBe(wrong.Answer);
            known.Add(right.Took);
            unknown.Add(wrong.Took);
        }
        // Hashing dominates both; without it the unknown user's answer would take a tenth.
        (unknown.Min() / known.Min()).ShouldBeGreaterThan(0.5);
    }

    [Fact]
    public async Task Guessing_is_slowed_down_for_the_user_and_says_how_long()
    {
        using var administrator = await host.Client(Role.Administrator);
        var user = await NewUser(administrator, "agent");
        await using var own = await TenancyHost.Start(host.Configuration);
        using var http = new HttpClient { BaseAddress = new(own.Urls.First()) };
        for (var i = 0; i < Users.SignInLimiter.ForUser; i++)
        {
            await http.SignIn(user, "another password", HttpStatusCode.Unauthorized);
        }
        using var refused = await http.PostAsJsonAsync(new Uri("/api/sign-in", UriKind.Relative), new { user, password = "a good password" }, Ct);
        refused.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        await http.SignIn(TenancyHost.Administrator, TenancyHost.Password);
        await own.StopAsync(Ct);
    }

    [Fact]
    public async Task Two_users_do_not_share_a_name_and_a_service_is_no_user()
    {
        using var administrator = await host.Client(Role.Administrator);
        var user = await NewUser(administrator, "agent");
        object Body(string name, string role) => new { user = name, name = "Somebody", password = "a good password", role, tenants = Array.Empty<Guid>() };
        await administrator.Put($"/api/users/{Guid.CreateVersion7()}", Body(user.ToUpperInvariant(), "agent"), HttpStatusCode.Conflict);
        await administrator.Put($"/api/users/{Guid.CreateVersion7()}", Body("robot", "service"), HttpStatusCode.BadRequest);
        await administrator.Put($"/api/users/{Guid.CreateVersion7()}", Body("robot", "king"), HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_browsers_telephone_gets_a_short_token_and_the_newest_sign_in_wins()
    {
        using var administrator = await host.Client(Role.Administrator);
        var user = await NewUser(administrator, "agent");
        using var http = await host.Client();
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await http.SignIn(user, "a good password")).GetProperty("token").GetString());
        var id = (await http.Read("/api/users")).Items()[0].GetProperty("id").GetGuid();

        var first = await Ask(null, HttpStatusCode.OK);
        var epoch = first.GetProperty("epoch").GetInt64();
        first.GetProperty("uri").GetString().ShouldStartWith($"sip:{id}@");
        first.GetProperty("expiresAt").GetDateTimeOffset().ShouldBeInRange(TimeProvider.System.GetUtcNow().AddMinutes(4), TimeProvider.System.GetUtcNow().AddMinutes(6));
        var said = host.Services.GetRequiredService<TokenIssuer>().ReadForSip(first.GetProperty("token").GetString()!).ShouldNotBeNull();
        (said.User, said.Epoch).ShouldBe((id, epoch));

        (await Ask(new { epoch }, HttpStatusCode.OK)).GetProperty("epoch").GetInt64().ShouldBe(epoch);
        (await Ask(null, HttpStatusCode.OK)).GetProperty("epoch").GetInt64().ShouldBe(epoch + 1);
        await Ask(new { epoch }, HttpStatusCode.Conflict);
        http.DefaultRequestHeaders.Authorization = administrator.DefaultRequestHeaders.Authorization;
        await Ask(null, HttpStatusCode.Forbidden);

        async Task<JsonElement> Ask(object? body, HttpStatusCode status)
        {
            using var answer = await http.PostAsync(new Uri("/api/sign-in/sip", UriKind.Relative), body is null ? null : JsonContent.Create(body), Ct);
            answer.StatusCode.ShouldBe(status);
            return await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        }
    }
}
