using CallCenter.Sip.Calls;
using CallCenter.Sip.Digest;
using CallCenter.Sip.Messages;

namespace CallCenter.Sip.Tests;

public sealed class DigestTests
{
    private readonly FakeClock clock = new();

    [Theory]
    [InlineData(DigestAlgorithm.Md5, "8ca523f5e9506fed4657c9700eebdbec")]
    [InlineData(DigestAlgorithm.Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")]
    public void Responses_are_those_of_RFC_7616_section_3_9_1(DigestAlgorithm algorithm, string expected)
    {
        var ha1 = DigestMath.Ha1(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life");
        DigestMath.Response(algorithm, ha1, "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "GET", "/dir/index.html")
            .ShouldBe(expected);
    }

    [Fact]
    public void The_response_is_that_of_RFC_2617_section_3_5()
    {
        var ha1 = DigestMath.Ha1(DigestAlgorithm.Md5, "Mufasa", "testrealm@host.com", "Circle Of Life");
        ha1.ShouldBe("939e7578ed9e3c518a452acee763bce9");
        DigestMath.Response(DigestAlgorithm.Md5, ha1, "dcd98b7102dd2f0e8b11d0f600bfb0c093", "00000001", "0a4f113b", "GET", "/dir/index.html")
            .ShouldBe("6629fae49393a05397450978507c4ef1");
        DigestMath.ResponseWithoutQop(DigestAlgorithm.Md5, ha1, "dcd98b7102dd2f0e8b11d0f600bfb0c093", "GET", "/dir/index.html")
            .ShouldBe("670fd8c2df070c60b045671b8b24ff02");
    }

    [Fact]
    public void A_right_answer_is_good_once_then_stale()
    {
        var server = Server();
        var request = Answer(server, "1001", "secret");
        server.Check(request).ShouldBe(new DigestCheck(true, false, "1001"));
        server.Check(request).ShouldBe(new DigestCheck(false, true, "1001")); // the same nc again
    }

    [Fact]
    public void A_nonce_is_stale_after_its_life()
    {
        var server = Server();
        var request = Answer(server, "1001", "secret");
        clock.Move(TimeSpan.FromMinutes(5.1));
        server.Check(request).ShouldBe(new DigestCheck(false, true, "1001"));
        server.Challenge(true).ShouldAllBe(h => h.Value.EndsWith(", stale=true", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1001", "guess")]
    [InlineData("nobody", "secret")]
    public void A_wrong_password_and_an_unknown_user_look_the_same(string user, string password)
    {
        var server = Server();
        server.Check(Answer(server, user, password)).ShouldBe(new DigestCheck(false, false, "") { IsWrong = true });
    }

    [Fact]
    public void A_foreign_nonce_is_refused()
    {
        Server().Check(Answer(Server(), "1001", "secret")).ShouldBe(new DigestCheck(false, false, ""));
    }

    [Theory]
    [InlineData("response=\"", "x=\"")]
    [InlineData("qop=auth", "qop=auth-int")]
    [InlineData("nc=00000001", "nc=zzz")]
    [InlineData("nc=00000001", "nc=00000000")]
    [InlineData("Digest ", "Basic ")]
    [InlineData("realm=\"r\"", "realm=\"s\"")]
    public void Anything_else_than_the_exact_answer_is_refused(string part, string changed)
    {
        var server = Server();
        var request = Answer(server, "1001", "secret").ToString();
        request.ShouldContain(part);
        server.Check(Parse(request.Replace(part, changed, StringComparison.Ordinal))).IsValid.ShouldBeFalse();
    }

    [Fact]
    public void A_user_without_MD5_is_not_let_in_by_it()
    {
        var full = Ha1.From("1001", "r", "secret");
        var server = new DigestAuthenticator("r", _ => full with { Md5 = null }, clock);
        server.Check(Answer(server, "1001", "secret", challenge: 1)).IsValid.ShouldBeFalse();
        server.Check(Answer(server, "1001", "secret", challenge: 0)).IsValid.ShouldBeTrue();
    }

    private DigestAuthenticator Server() => new("r", user => user == "1001" ? Ha1.From("1001", "r", "secret") : null, clock);

    // The client answers the challenge of that index: 0 SHA-256, 1 MD5.
    private static SipMessage Answer(DigestAuthenticator server, string user, string password, int? challenge = null)
    {
        var headers = server.Challenge(false);
        var chosen = challenge is { } one ? [headers[one]] : headers;
        var response = Parse(TwoStations.Request("REGISTER").Replace("REGISTER sip:1@198.51.100.2 SIP/2.0", "SIP/2.0 401 Unauthorized", StringComparison.Ordinal)
            .Replace("Content-Length", string.Concat(chosen.Select(h => $"{h.Name}: {h.Value}\n")) + "Content-Length", StringComparison.Ordinal));
        var answer = DigestClient.Answer(response, new SipCredentials(user, password), "REGISTER", "sip:r").ShouldNotBeNull();
        return Parse(TwoStations.Request("REGISTER", extra: $"{answer.Name}: {answer.Value}\n"));
    }

    private static SipMessage Parse(string text) =>
        SipParser.Parse(System.Text.Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), out var reason).ShouldNotBeNull(reason);
}
