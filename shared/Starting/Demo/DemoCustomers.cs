using System.Net;
using System.Net.Http.Json;

namespace CallCenter.Starting.Demo;

/// <summary>Some customers of each demo tenant, made through the API at the first start. They are the agents' from then on: a later start changes nothing.</summary>
internal static class DemoCustomers
{
    private static readonly Customer[] All =
    [
        new("energia", "Tuula Mäkinen", "Kysyi sähkösopimuksen vaihdosta. Soitetaan iltapäivisin.", "+358401234567"),
        new("energia", "Ritva Heikkinen", "Aurinkopaneelit, kaksi käyttöpaikkaa.", "+358401000000", "+358942000111"),
        new("energia", "Asunto Oy Esimerkki", "Isännöitsijä hoitaa laskut.", "+358401000001"),
        new("rejser", "Anders Kjær", "Rejser med to børn.", "+4520000101"),
        new("rejser", "Søren Ågård", "Vil helst have vinduesplads.", "+4520000102"),
        new("dostavka", "Ольга Синицына", "Звонить после шести.", "+79160000101"),
        new("dostavka", "Борис Жуков", "Домофон не работает, звонить заранее.", "+79160000102"),
    ];

    /// <exception cref="StartException">A call was refused; the message tells which and why.</exception>
    public static async Task Load(HttpClient api, CancellationToken ct)
    {
        foreach (var customer in All)
        {
            var path = $"/api/customers/{DemoCentre.Id($"customer:{customer.Name}")}";
            var body = new { tenant = DemoCentre.Id($"tenant:{customer.Tenant}"), customer.Name, customer.Notes, customer.Numbers, version = 0 };
            using var response = await api.PutAsJsonAsync(path, body, ct);

            // Conflict: the card was changed since, or the number has been given to another customer.
            if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.Conflict)
            {
                throw new StartException(
                    $"the demo's customers could not be made: PUT {path} was answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(ct)}");
            }
        }
    }

    private sealed record Customer(string Tenant, string Name, string Notes, params string[] Numbers);
}
