using System.Globalization;
using System.Text;
using CallCenter.AllInOne.Demo;

namespace CallCenter.AllInOne.Starting;

/// <summary>The line <c>ready …</c> and a card of what to try.</summary>
internal static class Card
{
    public static string Text(IConfiguration configuration, Uri http, string folder, IReadOnlyList<DemoCall> demo)
    {
        var sip = $"{configuration["Telephony:Advertise"] ?? "127.0.0.1"}:{configuration["Telephony:SipPort"] ?? "5060"}";
        var api = http.ToString().TrimEnd('/');
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"ready {api} sip:{sip}");
        if (demo.Count == 0)
        {
            return text.AppendLine(CultureInfo.InvariantCulture, $"\n  The administrator's sign-in is in {folder}/administrator.json").ToString();
        }
        var phone = demo.First(c => c.Kind == "phones");
        var agent = demo.First(c => c.Kind == "users" && c.Id == (string)phone.Body["agent"]!);
        var number = demo.First(c => c.Kind == "numbers");
        var users = demo.Where(c => c.Kind == "users").DistinctBy(c => (string)c.Body["role"]!);
        return text.AppendLine(CultureInfo.InvariantCulture, $$"""

              Screens: {{api}}/   sign in as one of
            {{string.Join('\n', users.Select(SignIn))}}

              1. Register a SIP phone at {{sip}}: user {{phone.Id}}, password {{phone.Body["password"]}}
              2. Sign in as its agent and choose Ready on the screen, or:
                   token=$(curl -s {{api}}/api/sign-in -H 'content-type: application/json' \
                     -d '{"user":"{{agent.Body["user"]}}","password":"{{agent.Body["password"]}}"}' | sed 's/.*"token":"\([^"]*\)".*/\1/')
                   curl -s -X PUT {{api}}/api/agents/{{agent.Id}}/status -H "authorization: Bearer $token" \
                     -H 'content-type: application/json' -d '{"status":"Available"}'
              3. Call sip:{{number.Id}}@{{sip}} with another phone (of no account) and press 1
                 The first number of each tenant is open day and night, the second in office hours of its
                 time zone and takes a message outside them
              4. The contact and its recording: curl -s {{api}}/api/contacts -H "authorization: Bearer $token"

              All users, passwords, phones and numbers: {{folder}}/demo.json
            """).ToString();
    }

    private static string SignIn(DemoCall user) => $"    {(string)user.Body["role"]!,-14} {(string)user.Body["user"]!,-10} {(string)user.Body["password"]!}";
}
