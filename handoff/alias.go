package handoff

import "strings"

// Names of trees and rivers that are easy to say and to tell apart, none of them a
// person's.
var (
	trees = strings.Fields(`Acacia Alder Almond Apple Apricot Aspen Baobab Bay Beech Birch Boxwood Cacao Cedar Chestnut
		Clove Coconut Cork Cornel Cypress Ebony Elder Elm Eucalyptus Fig Fir Ginkgo Guava Hawthorn Hickory
		Hornbeam Ironwood Juniper Kapok Larch Laurel Lemon Lime Linden Locust Magnolia Mango Maple Medlar Mulberry
		Myrtle Nutmeg Oak Olive Orange Osier Palm Papaya Peach Pear Pecan Pine Plum Pomelo Poplar Quince
		Redwood Sandal Sequoia Spindle Spruce Sumac Sycamore Tamarind Teak Thuja Walnut Wattle Willow Yew Zelkova`)
	rivers = strings.Fields(`Aare Adige Amstel Amur Arno Barrow Berkel Clyde Congo Danube Desna Dinkel Dnipro
		Dniester Dommel Douro Drava Drina Ebro Eem Eider Elbe Ems Euphrates Garonne Gauja Geul Glomma Indus IJssel
		Jordan Kama Karun Lek Leie Linge Loire Maas Main Marne Mekong Meuse Mincio Mreznica Mures Mersey Narew Neris
		Neva Niger Nile Oder Orinoco Orontes Oglio Oise Pruth Psel Rhine Rhone Roer Rotte Ruhr Saale Sava Scheldt
		Seine Shannon Siret Spree Tagus Tana Tiber Tigris Tisza Vecht Vistula Vltava Volta Waal Warta Weser Zambezi Zaan`)
)

// Alias is the name that stands for the person of a conversation on the desk
// ("Birch Maas"). It is always the same and says nothing about the person.
func (q *Queue) Alias(conversation string) string {
	h := q.store.Hash("alias", conversation)
	n := uint64(14695981039346656037)
	for _, b := range []byte(h) {
		n = (n ^ uint64(b)) * 1099511628211
	}
	return trees[n%uint64(len(trees))] + " " + rivers[n>>20%uint64(len(rivers))]
}
